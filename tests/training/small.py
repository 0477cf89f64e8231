"""A small world to train in: 300 made-up images of 8×8 pixels in four classes, a teacher, students of a few thousand
weights."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import torch
from torch import nn

from distill_core.events import Event
from distill_core.jobs.runners import ParallelRunner, run_serially
from distill_core.machine import ResolvedPrecision
from distill_core.methods import METHODS, DistillLoss, FeatureShapes, Settings
from distill_core.networks import Blueprint, build
from distill_core.spec import Budget, Optimiser
from distill_core.tasks import Split, Task, TaskData, null_sink
from distill_core.tasks.base import SplitCounts
from distill_core.tasks.images import InMemoryImages, image_task
from distill_core.training.cohort import CohortConfig, train_cohort
from distill_core.training.monitor import Trained
from distill_core.training.student import StudentConfig
from distill_core.training.teacher_outputs import FrozenTeacher

__all__ = ["TASK", "blueprint", "config", "dataset", "forget", "network", "plan", "same", "task", "teacher", "train"]

COUNT = 300
LOSSES = {
    "labels": Settings(),
    "kd": Settings(temperature=4.0, alpha=0.9),
    "kd, alpha 0": Settings(temperature=4.0, alpha=0.0),
    "patient": Settings(temperature=1.0),
    "mutual": Settings(temperature=1.0, parameters={"hard_weight": 1.0, "weight": 1.0}),
    "mutual, weight 0": Settings(temperature=1.0, parameters={"hard_weight": 1.0, "weight": 0.0}),
}


def _split(count: int, seed: int) -> Split:
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % 4
    images = generator.integers(0, 100, (count, 8, 8, 1), dtype=np.uint8)
    for label in range(4):
        images[labels == label, 2 * label : 2 * label + 2] += 120
    return Split(images, labels)


def task(**changes: Any) -> Task:
    plain: dict[str, Any] = {
        "name": "stripes", "title": "", "teaches": "", "source": "", "licence": "", "classes": tuple("abcd"),
        "channels": 1, "size_px": 8, "crop_padding_px": 1, "flip": True, "mean": (0.3,), "std": (0.25,),
        "counts": SplitCounts(train=COUNT, valid=4, test=40), "sha256": "",
        "load": lambda home, sink: TaskData(*3 * [_split(4, 0)]),
    }  # fmt: skip
    return image_task(**{**plain, **changes})


TASK = task()


def dataset(*, part: Literal["train", "valid"] = "train", data_seed: int = 0) -> InMemoryImages:
    return InMemoryImages(TASK, _split(COUNT, 1) if part == "train" else _split(40, 2), data_seed=data_seed)


def blueprint(architecture: str = "plain_cnn", width: float | None = None) -> Blueprint:
    wide = width or (0.5 if architecture == "plain_cnn" else 1.0)
    return Blueprint.for_images(architecture=architecture, classes=4, channels=1, size_px=8, width=wide)


def network(seed: int = 99) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return build(blueprint("resnet8"))


def teacher(precision: ResolvedPrecision = "float32") -> FrozenTeacher:
    return FrozenTeacher(network(), precision)


def config(
    method: str = "kd",
    *,
    run: str = "a/0",
    seed: int = 0,
    architecture: str = "plain_cnn",
    visible: range = range(COUNT),
    labelled: int = 60,
    loss: DistillLoss | None = None,
    draws: bool = False,
    peer_group: tuple[str, ...] = (),
    initial: int = 0,
) -> StudentConfig:
    """A student that sees the ``visible`` images and the labels of the first ``labelled``."""
    name = method.split(",")[0]
    return StudentConfig(
        run=run,
        student=run.split("/")[0],
        blueprint=blueprint(architecture),
        loss=loss or METHODS.get(name).build(LOSSES[method], FeatureShapes()),
        uses_teacher=METHODS.get(name).uses_teacher,
        seed=seed,
        visible_M=np.array(visible),
        labelled_N=np.arange(COUNT) < labelled,
        uses_rng=draws,
        uses_mixup=METHODS.get(name).uses_mixup,
        peers=peer_group,
        initial=initial,
    )


def plan(
    *,
    updates: int = 6,
    mode: Literal["cached", "consistent"] = "cached",
    precision: ResolvedPrecision = "float32",
    learning_rate: float = 0.1,
) -> CohortConfig:
    return CohortConfig(
        budget=Budget(updates=updates, batch_size=16),
        optimiser=Optimiser(learning_rate=learning_rate),
        mode=mode,
        views=3 if mode == "cached" else 1,
        data_seed=0,
        precision=precision,
    )


def forget() -> None:
    """A checkpoint that is always open."""


def train(
    configs: Sequence[StudentConfig],
    settings: CohortConfig | None = None,
    *,
    by: FrozenTeacher | None = None,
    sink: Callable[[Event], None] = null_sink,
    checkpoint: Callable[[], None] = forget,
    run_parallel: ParallelRunner = run_serially,
) -> tuple[Trained, ...]:
    settings = settings or plan()
    return train_cohort(
        configs,
        settings,
        train=dataset(),
        valid=dataset(part="valid"),
        teacher=by or teacher(settings.precision),
        sink=sink,
        checkpoint=checkpoint,
        run_parallel=run_parallel,
    )


def same(one: nn.Module, other: nn.Module) -> bool:
    """Whether all weights and statistics are equal to the last bit."""
    here, there = one.state_dict(), other.state_dict()
    return here.keys() == there.keys() and all(torch.equal(here[name], there[name]) for name in here)
