"""Constants of the training loop that plans depend on."""

# Kept by hand: one more wherever the loop makes another network of the same specification (streams, views, optimiser,
# schedule, what a member draws), so that no run from before is taken for the same. What changes one method, one
# architecture or one step alone has a revision there.
LOOP_REVISION = 1
# How often a training evaluates its students on validation images.
VALID_POINTS = 8
# Images in a block of the teacher's forward pass. Blocks are fixed, so that the logits of a view do not depend on which
# student needs it first. The size is not tuned.
BLOCK = 100
# Bytes of a teacher's cached logits. A set of examples that would take more is not cached at all: its teacher runs once
# a batch, as in consistent mode.
MOST_CACHED_BYTES = 2**30
