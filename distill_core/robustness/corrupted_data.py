"""Training and validation images under a corruption. N images."""

from distill_core.robustness.corruptions import CORRUPTIONS, corrupted
from distill_core.spec import CorruptionSpec
from distill_core.tasks import Split

# Robustness is evaluated with seed 0: training images never have the noise of the test.
FIRST_SEED = 1
PARTS = ("train", "valid")


def corrupted_split(split: Split, scene: CorruptionSpec, seed: int, part: str) -> Split:
    """A split with corrupted images and the same labels.

    The corruption of image i follows from ``seed`` (0 or more), ``part`` ("train" or "valid") and i alone.
    Raises: UnknownName; ValueError for another part.
    """
    corruption_seed = FIRST_SEED + len(PARTS) * seed + PARTS.index(part)
    return Split(corrupted(split.images_NHWC, scene.corruption, scene.severity, corruption_seed), split.labels_N)


def corruption_version(scene: CorruptionSpec) -> str:
    """16 hex digits that change with what the corruption does to training images. Raises: UnknownName."""
    return CORRUPTIONS.get(scene.corruption).version(FIRST_SEED, PARTS)
