"""Tasks of sound: recordings as MFCC, their views, and the constants that the feature graph shares with them."""

from distill_core.tasks.base import Kind, Trait

SOUND = Kind(name="sound", example="recording", examples="recordings")
# What applies to all tasks of sound.
DISTURBED: frozenset[Trait] = frozenset({"corruptions", "attacks"})
