"""The sight of a student in another scene. N images."""

from distill_core.experiment import CorruptionSpec
from distill_core.robustness.corruptions import CORRUPTIONS, corrupted
from distill_core.tasks import Split

__all__ = ["PARTS", "corrupted_split", "corruption_version"]

# Networks are tried with seed 0: who learns in a scene never meets the very noise of its test.
FIRST_SEED = 1
PARTS = ("train", "valid")


def corrupted_split(split: Split, scene: CorruptionSpec, seed: int, part: str) -> Split:
    """The images as a scene shows them, with their labels; the given ones stay.

    What happens to image i follows from ``seed`` (0 or more), ``part`` ("train" or "valid") and i alone.
    Raises: UnknownName; ValueError for another part.
    """
    own_seed = FIRST_SEED + len(PARTS) * seed + PARTS.index(part)
    return Split(corrupted(split.images_NHWC, scene.corruption, scene.severity, own_seed), split.labels_N)


def corruption_version(scene: CorruptionSpec) -> str:
    """16 hex digits that change with what a scene does to the images that train. Raises: UnknownName."""
    return CORRUPTIONS.get(scene.corruption).version(FIRST_SEED, PARTS)
