"""The disk and the memory that a job takes, and whether this machine has them."""

import shutil
from collections.abc import Sequence
from math import ceil, prod
from pathlib import Path

from distill_core.errors import InvalidSetting, said
from distill_core.machine import available_threads, free_memory_bytes, is_small, total_memory_bytes
from distill_core.networks import profile, saved_bytes
from distill_core.planning.runs import PlannedRun
from distill_core.planning.stored_runs import StoredRuns
from distill_core.tasks import Task

# Room that a job leaves for the database and for other programs.
SPARE_DISK_BYTES = 100_000_000
# float32 weights in two files, and in the state of a half-trained cohort with gradients and two moments.
STORED_COPIES, TRAINED_COPIES = 2, 4
# What a step takes at its peak over what autograd saves. Source: resident memory while ResNet-20 and the U-Net train on
# batches of 128 (2.0 and 2.1; of ResNet-8 2.8, with 50 MB of oneDNN's own).
PEAK_OF_SAVED = 2


def disk_bytes(runs: Sequence[PlannedRun], task: Task) -> int:
    """Bytes of the files of runs that are to be trained: weights and ONNX twice, the state on the way, predictions.
    Imports torch."""
    weights = sum(4 * profile(run.blueprint).parameters for run in runs)
    return (STORED_COPIES + TRAINED_COPIES) * weights + len(runs) * _predictions_bytes(task)


def memory_bytes(runs: Sequence[PlannedRun], task: Task, batch_size: int) -> int:
    """Bytes that training takes at its peak beyond what the lab has: examples of one byte a number, the weights with
    gradients and moments, and what steps save that run at once. Imports torch."""
    counts = task.counts
    examples = (counts.train + counts.valid + counts.test) * prod(task.input.shape)
    weights = sum(4 * profile(run.blueprint).parameters for run in runs)
    steps = sorted((PEAK_OF_SAVED * batch_size * saved_bytes(run.blueprint) for run in runs), reverse=True)
    small = all(is_small(profile(run.blueprint).macs, batch_size) for run in runs)
    return examples + TRAINED_COPIES * weights + sum(steps[: available_threads() if small else 1])


def check_fits(stored: StoredRuns, task: Task, home: Path) -> None:
    """Raise InvalidSetting where the missing runs of a plan need more disk than is free, or more memory than there is:
    what others use of it may be free once the job starts. Imports torch."""
    _check_disk(stored, task, home)
    there = total_memory_bytes()
    _check_memory(stored, task, there, said("at most {megabytes:,.0f} MB, which this machine has", _megabytes(there)))


def check_fits_now(stored: StoredRuns, task: Task, home: Path) -> None:
    """As ``check_fits``, but with the memory that is free. Imports torch."""
    _check_disk(stored, task, home)
    free = free_memory_bytes()
    _check_memory(stored, task, free, said("at most {megabytes:,.0f} MB, which are free", _megabytes(free)))


def _check_disk(stored: StoredRuns, task: Task, home: Path) -> None:
    missing = _trained(stored)
    needed, free = disk_bytes(missing, task), _free_disk_bytes(home) - SPARE_DISK_BYTES
    if missing and free < needed:
        expected = said("at most {megabytes:,.0f} MB, which are free", _megabytes(free))
        hint = "free some room, delete experiments, or start the lab with DISTILL_HOME on another disk"
        raise _too_large(said("this experiment's files"), expected, needed, hint)


def _check_memory(stored: StoredRuns, task: Task, most: int, expected: str) -> None:
    missing = _trained(stored)
    needed = memory_bytes(missing, task, stored.plan.experiment.budget.batch_size)
    if missing and most < needed:
        hint = "choose a smaller batch or smaller networks, or end other programs"
        raise _too_large(said("this experiment's memory"), expected, needed, hint)


def _trained(stored: StoredRuns) -> list[PlannedRun]:
    return [run for run in stored.missing if run.trains]


def _too_large(what: str, expected: str, needed: int, hint: str) -> InvalidSetting:
    got = said("about {megabytes:,} MB", ceil(_megabytes(needed)))
    return InvalidSetting(what, expected=expected, got=got, hint=hint)


def _megabytes(count: int) -> float:
    return max(0, count) / 1_000_000


def _predictions_bytes(task: Task) -> int:
    """Logits of validation and test examples; of answers a position, the class of each."""
    counts, positions, classes = task.counts, task.target.positions, len(task.target.classes)
    if positions:
        return counts.test * prod(positions)
    return (counts.valid + counts.test) * 4 * classes


def _free_disk_bytes(folder: Path) -> int:
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
