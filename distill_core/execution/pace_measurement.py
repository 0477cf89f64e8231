"""Measures this machine's pace of training: real steps of a small and of a large network, once a process.

It counts the processor time of the working thread, which other programs do not change.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from distill_core.accelerator import device_of
from distill_core.lazy_torch import Tensor, torch
from distill_core.machine import ResolvedPrecision, available_threads, resolve_precision, training_threads
from distill_core.methods import CONTROL_METHOD, METHODS, FeatureShapes, Settings
from distill_core.networks import Blueprint, build, profile
from distill_core.planning.duration import Estimate, device_factor, speed_factor
from distill_core.planning.machine_pace import BUILT_IN, MachinePace
from distill_core.planning.stored_runs import StoredRuns
from distill_core.spec import Optimiser
from distill_core.store import Store
from distill_core.tasks import Task
from distill_core.training.precision import one_thread
from distill_core.training.student import StudentConfig, StudentTrainer
from distill_core.training.teacher_outputs import FrozenTeacher

SMALL = Blueprint.for_images(architecture="resnet8", classes=10, channels=1, size_px=28, stem_stride=2)
LARGE = Blueprint.for_images(architecture="resnet20", classes=10, channels=1, size_px=28)
FEW, MANY, LARGE_BATCH, FORWARD_BATCH = 25, 125, 16, 32
# The first step prepares kernels.
STEPS = 4
_measured: list[MachinePace] = []


def machine_pace() -> MachinePace:
    """The pace of this machine; the built-in pace before it was measured."""
    if _measured:
        return _measured[0]
    threads, step_threads = available_threads(), training_threads()
    return replace(BUILT_IN, own=resolve_precision("auto"), threads=threads, step_threads=step_threads)


def estimate_here(stored: StoredRuns, task: Task, store: Store) -> Estimate:
    """The duration of a job by the pace of this machine and of the job's device, as finished jobs correct them."""
    machine, device = machine_pace(), device_of(stored.plan.experiment)
    there = None if device == "cpu" else device_factor(store, device, machine)
    slowness = speed_factor(store, machine)
    return Estimate(stored=stored, task=task, machine=machine, slowness=slowness, device_slowness=there)


def is_measured() -> bool:
    """Whether the pace of this machine was measured; does not import torch."""
    return bool(_measured)


def measured_pace() -> MachinePace | None:
    """The pace that was measured, for another process; None before."""
    return _measured[0] if _measured else None


def take_over(pace: MachinePace) -> None:
    """Take the pace that another process of this machine measured, where this one has measured none."""
    if not _measured:
        _measured.append(pace)


def measure_pace(
    checkpoint: Callable[[], None] = lambda: None, clock: Callable[[], float] = time.thread_time
) -> MachinePace:
    """Measure the pace of this machine, in about half a second of one core; later calls return the first result.

    ``checkpoint`` is called between steps and may raise to end the work. torch must be loaded.
    """
    if not _measured:
        with one_thread():
            _measured.append(_measure(checkpoint, clock))
    return _measured[0]


def _measure(checkpoint: Callable[[], None], clock: Callable[[], float]) -> MachinePace:
    precision = resolve_precision("auto")
    few, many = (_step_seconds(SMALL, size, precision, checkpoint, clock) for size in (FEW, MANY))
    large = _step_seconds(LARGE, LARGE_BATCH, precision, checkpoint, clock)
    image = max((many - few) / (MANY - FEW), 0.1 * many / MANY)
    forward = _forward_seconds("float32", checkpoint, clock)
    teacher = forward if precision == "float32" else _forward_seconds(precision, checkpoint, clock)
    slower = _step_seconds(SMALL, MANY, "float32", checkpoint, clock) / many if precision != "float32" else 1.0
    return MachinePace(
        update_seconds=max(0.0, many - MANY * image),
        small_macs_per_second=3 * profile(SMALL).macs / image,
        large_macs_per_second=3 * LARGE_BATCH * profile(LARGE).macs / large,
        forward_macs_per_second=FORWARD_BATCH * profile(LARGE).macs / forward,
        teacher_macs_per_second=FORWARD_BATCH * profile(LARGE).macs / teacher,
        float32_slowness=slower,
        own=precision,
        threads=available_threads(),
        step_threads=training_threads(),
    )


def _step_seconds(
    blueprint: Blueprint,
    size: int,
    precision: ResolvedPrecision,
    checkpoint: Callable[[], None],
    clock: Callable[[], float],
) -> float:
    """Seconds of an update of this network on labels, on the calling thread."""
    indices = np.arange(size)
    config = StudentConfig(
        run="pace/0",
        student="pace",
        blueprint=blueprint,
        loss=METHODS.get(CONTROL_METHOD).build(Settings(), FeatureShapes()),
        uses_teacher=False,
        seed=0,
        visible_M=indices,
        labelled_N=np.ones(size, dtype=bool),
    )
    trainer = StudentTrainer(config, Optimiser(), updates=10**6, batch_size=size, precision=precision)
    images_BCHW, labels_B = _images(blueprint, size), torch.arange(size) % blueprint.classes
    # At update 0 the trainer also records gradient norms, which it does at few updates.
    steps = [lambda update=update: trainer.step(update, images_BCHW, None, labels_B) for update in range(1, STEPS + 1)]
    return _middle(steps, checkpoint, clock)


def _forward_seconds(precision: ResolvedPrecision, checkpoint: Callable[[], None], clock: Callable[[], float]) -> float:
    with torch.random.fork_rng(devices=[]):
        teacher = FrozenTeacher(build(LARGE).eval(), precision)
    images_BCHW = _images(LARGE, FORWARD_BATCH)
    return _middle([lambda: teacher(images_BCHW)] * STEPS, checkpoint, clock)


def _images(blueprint: Blueprint, size: int) -> Tensor:
    draws = torch.Generator().manual_seed(0)
    images_BCHW = torch.randn(size, blueprint.channels, blueprint.size_px, blueprint.size_px, generator=draws)
    return images_BCHW.contiguous(memory_format=torch.channels_last)


def _middle(steps: Sequence[Callable[[], object]], checkpoint: Callable[[], None], clock: Callable[[], float]) -> float:
    """The median seconds of the steps after the first."""
    taken = []
    for step in steps:
        checkpoint()
        began = clock()
        step()
        taken.append(clock() - began)
    return median(taken[1:])
