"""How much work networks are, from which times are estimated: multiply-accumulates, and what one of them takes."""

from collections.abc import Sequence

from distill_core.compression import STEPS
from distill_core.jobs.torch_import import is_torch_imported
from distill_core.networks import ARCHITECTURES, Blueprint, entry_of, profile
from distill_core.planning.runs import PlannedRun
from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.store import TrainingTime

TYPICAL_MACS = 2_500_000  # of an architecture that is not here


def macs_by_run(runs: Sequence[PlannedRun]) -> dict[str, int]:
    """The multiply-accumulates of each run by its key. A step that is still to shrink a network counts as the share
    that it should leave, for that run and all that start from it."""
    shares: dict[str, float] = {}
    for run in sorted(runs, key=lambda run: run.level):
        shares[run.key] = shares.get(run.start_of or "", 1.0) * _left(run)
    return {run.key: round(shares[run.key] * macs_of(run.blueprint)) for run in runs}


def _left(run: PlannedRun) -> float:
    """The share of its source's multiply-accumulates that a run's step should leave."""
    change = run.student.start.change if run.student.start else None
    step = STEPS.get(change.step) if change else None
    if change is None or step is None or step.shrinks is None:
        return 1.0
    return change.parameters.get(step.shrinks, step.parameters[step.shrinks].default)


def teacher_macs(teacher: ResolvedTeacher) -> int:
    return macs_of(teacher.blueprint) if teacher.blueprint else teacher.macs


def macs_of(blueprint: Blueprint) -> int:
    # Counting asks torch for the network's shapes; a page that has not loaded torch yet does not wait for it.
    return profile(blueprint).macs if is_torch_imported() else entry_of(blueprint.architecture).typical_macs


def relative_cost(blueprint: Blueprint | None) -> float:
    """How many times as long a multiply-accumulate of this network takes as one of a ResNet."""
    return 1.0 if blueprint is None else entry_of(blueprint.architecture).slowness


def trained_macs(time: TrainingTime) -> int:
    """Those of a network that was trained: as an estimate does, with the same typical size on both sides while torch is
    not there to count."""
    entry = ARCHITECTURES.get(time.architecture) if time.architecture in ARCHITECTURES else None
    return time.macs if is_torch_imported() else entry.typical_macs if entry else TYPICAL_MACS


def trained_cost(time: TrainingTime) -> float:
    """``relative_cost`` of a network that was trained."""
    return ARCHITECTURES.get(time.architecture).slowness if time.architecture in ARCHITECTURES else 1.0
