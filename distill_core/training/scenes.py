"""The sight of a student in another scene. N images."""

from distill_core.evaluation.corruptions import corrupted
from distill_core.experiment import Scene
from distill_core.tasks import Split

__all__ = ["scened"]

# Networks are tried with seed 0: who learns in a scene never meets the very noise of its test.
FIRST_SEED = 1


def scened(split: Split, scene: Scene, seed: int) -> Split:
    """The images as a scene shows them, with their labels; the given ones stay.

    What happens to image i follows from ``seed`` (0 or more) and i alone. Raises: UnknownName.
    """
    images_NHWC = corrupted(split.images_NHWC, scene.corruption, scene.severity, FIRST_SEED + seed)
    return Split(images_NHWC, split.labels_N)
