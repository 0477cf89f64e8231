"""Training and validation examples under a corruption."""

from typing import Any

from distill_core.errors import InvalidSetting, Names, said
from distill_core.robustness.corruptions import CORRUPTIONS, corruptions_of
from distill_core.robustness.kinds import kind_of
from distill_core.spec import CorruptionSpec
from distill_core.tasks import Task

# Robustness is evaluated with seed 0: training examples never have the noise of the test.
FIRST_SEED = 1
PARTS = ("train", "valid")


def corrupted_part(task: Task, examples: Any, scene: CorruptionSpec, seed: int, part: str) -> Any:
    """A part of a task with corrupted examples and the same labels.

    The corruption of example i follows from ``seed`` (0 or more), ``part`` ("train" or "valid") and i alone.
    Raises: UnknownName; InvalidSetting for a corruption of other examples; ValueError for another part.
    """
    corruption_seed = FIRST_SEED + len(PARTS) * seed + PARTS.index(part)
    return kind_of(task).corrupted(examples, scene.corruption, scene.severity, corruption_seed)


def corruption_version(scene: CorruptionSpec) -> str:
    """16 hex digits that change with what the corruption does to training examples. Raises: UnknownName."""
    return CORRUPTIONS.get(scene.corruption).version(FIRST_SEED, PARTS)


def check_scene(student: str, scene: CorruptionSpec, task: Task) -> None:
    """Raises: InvalidSetting where a corruption is none of the task's examples."""
    fitting = [one.name for one in corruptions_of(task)]
    if scene.corruption not in fitting:
        none = said("none, since the examples of {task} cannot be corrupted", task.name)
        what, expected = said("scene of {student!r}", student), Names(fitting) or none
        raise InvalidSetting(what, expected=expected, got=scene.corruption, hint="choose another one")
