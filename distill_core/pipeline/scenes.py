"""Images of a task after something has happened to all of them: what a student sees that adapts."""

from distill_core.evaluation.corruptions import corrupted
from distill_core.experiment import Scene
from distill_core.tasks import Split, Task
from distill_core.training import ImageBank

__all__ = ["in_scene"]


def in_scene(task: Task, split: Split, scene: Scene, data_seed: int) -> ImageBank:
    """The images of a split in a scene, each disturbed in its own way by the data seed. Raises UnknownName."""
    images_NHWC = corrupted(split.images_NHWC, scene.corruption, scene.severity, data_seed)
    name = f"{scene.corruption} {scene.severity}"
    return ImageBank(task, Split(images_NHWC, split.labels_N), data_seed=data_seed, scene=name)
