"""What can be done to the examples of a kind: corrupt them, hand them to a network, and attack them. N examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from distill_core.errors import InvalidSetting
from distill_core.lazy_torch import nn
from distill_core.robustness import attacks, sound_attacks
from distill_core.robustness.attacks import Reach
from distill_core.robustness.corruptions import (
    corrupted,
    corrupted_recordings,
    corrupted_rows,
    corrupted_texts,
)
from distill_core.tasks import Split, Task, normalised
from distill_core.tasks.images import IMAGE
from distill_core.tasks.segmentation import SCENE
from distill_core.tasks.segmentation.dataset import Scenes
from distill_core.tasks.sound import SOUND
from distill_core.tasks.table import ROW
from distill_core.tasks.text import TEXT

__all__ = ["Disturbed", "KindOfExamples", "kind_of"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Disturbed:
    """What a network gets under an attack, (N, *shape), and which examples the attack could not move (N,)."""

    inputs: np.ndarray
    unmoved_N: np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class KindOfExamples:
    """``corrupted(part, corruption, severity, seed, places_N=...)`` answers a part, ``inputs(task, part)`` what
    networks take, (N, *shape). ``attacked(network, task, part, attack, eps, seed=..., places_N=..., checkpoint=...)``
    stays in ``reach``; both are None where inputs are not continuous."""

    corrupted: Callable[..., Any]
    inputs: Callable[[Task, Any], np.ndarray]
    attacked: Callable[..., Disturbed] | None = None
    reach: Reach | None = None


def kind_of(task: Task) -> KindOfExamples:
    """What can be done to the examples of a task. Raises InvalidSetting where nothing can."""
    if task.kind.name in KINDS and task.applies("corruptions"):
        return KINDS[task.kind.name]
    hint = "choose networks of images, scenes, recordings, texts or tables"
    raise InvalidSetting("a task to test on", expected="one whose examples can be corrupted", got=task.name, hint=hint)


def _corrupted_images(part: Split, name: str, severity: int, seed: int, **places: Any) -> Split:
    return Split(corrupted(part.images_NHWC, name, severity, seed, **places), part.labels_N)


def _corrupted_scenes(part: Scenes, name: str, severity: int, seed: int, **places: Any) -> Scenes:
    return Scenes(corrupted(part.images_NHWC, name, severity, seed, **places), part.labels_N)


def _attacked_images(network: nn.Module, task: Task, part: Any, attack: str, eps: float, **how: Any) -> Disturbed:
    moved = attacks.attacked(network, task, part, attack, eps, **how)
    return Disturbed(inputs=normalised(task, moved.images_NHWC), unmoved_N=moved.unmoved_N)


def _attacked_recordings(network: nn.Module, task: Task, part: Any, attack: str, eps: float, **how: Any) -> Disturbed:
    inputs, unmoved_N = sound_attacks.attacked_recordings(network, task, part, attack, eps, **how)
    return Disturbed(inputs=inputs, unmoved_N=unmoved_N)


def _of_dataset(task: Task, part: Any) -> np.ndarray:
    found: np.ndarray = task.dataset(task, part).batch(np.arange(len(part.labels_N))).numpy()
    return found


def _pixels(task: Task, part: Any) -> np.ndarray:
    return normalised(task, part.images_NHWC)


KINDS: Mapping[str, KindOfExamples] = {
    IMAGE.name: KindOfExamples(
        corrupted=_corrupted_images, inputs=_pixels, attacked=_attacked_images, reach=attacks.REACH
    ),
    SCENE.name: KindOfExamples(
        corrupted=_corrupted_scenes, inputs=_pixels, attacked=_attacked_images, reach=attacks.REACH
    ),
    SOUND.name: KindOfExamples(
        corrupted=corrupted_recordings,
        inputs=_of_dataset,
        attacked=_attacked_recordings,
        reach=sound_attacks.REACH,
    ),
    TEXT.name: KindOfExamples(corrupted=corrupted_texts, inputs=_of_dataset),
    ROW.name: KindOfExamples(corrupted=corrupted_rows, inputs=_of_dataset),
}
