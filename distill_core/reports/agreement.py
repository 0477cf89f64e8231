"""How often a network gives the same answer as who teaches it, from what both said about the test images.

It belongs to the job that shows a run, not to the run: a control serves every teacher, and a run may be taught by a
student that plays the teacher in one job only. N test images.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from distill_core.errors import CorruptFile
from distill_core.methods import METHODS
from distill_core.reports.predictions import predictions_of
from distill_core.store import UNREADABLE, Artifact, LinkedRun, Store, read, told

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Unreadable", "agreements", "answers_N", "unreadable"]

Place = tuple[str, str]  # a job's id and that of a run which it shows


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """A finished run that lacks a file or has another one than was stored, or a run whose row cannot be read; ``why``
    says which, and what to do. ``seed``: None where that cannot be read either."""

    job_id: str
    run_id: str
    student: str
    seed: int | None
    why: str


def agreements(store: Store, linked: Sequence[LinkedRun]) -> dict[Place, float | None]:
    """For each run of a job the share of test images to which who teaches it there gives the same answer.

    None for teachers, failed runs, and where what one of the two said cannot be read any more; who needs that teacher
    then has what was stored with it, before this was worked out here.
    """
    teachers = {(one.job_id, one.student, one.run.seed): one.run.id for one in linked}
    first = {one.job_id: one.run.id for one in linked if one.role == "teacher"}
    files = store.artifacts([one.run.id for one in linked], "predictions")
    found: dict[Place, float | None] = {}
    for one in linked:
        named = None if one.taught_by is None else teachers.get((one.job_id, one.taught_by, one.run.seed))
        teacher = first.get(one.job_id) if one.taught_by is None else named
        found[one.job_id, one.run.id] = _agreement(one, teacher, files) if one.role != "teacher" else None
    return found


def unreadable(store: Store, job_ids: Sequence[str] | None) -> tuple[Unreadable, ...]:
    """The runs of these jobs that cannot be read whole: tables leave out what they told."""
    linked = [one for one in store.runs(job_ids) if one.run.state == "finished"]
    lacks = store.lacking([one.run.id for one in linked])
    rows = [
        Unreadable(job_id=job_id, run_id=run_id, student=name, seed=None, why=told(run_id, UNREADABLE))
        for job_id, run_id, name in store.unreadable_runs(job_ids)
    ]
    return *rows, *(
        Unreadable(
            job_id=one.job_id,
            run_id=one.run.id,
            student=one.student,
            seed=one.run.seed,
            why=told(one.run.id, lacks[one.run.id]),
        )
        for one in linked
        if one.run.id in lacks
    )


def answers_N(artifact: Artifact) -> "np.ndarray":
    """The class that a run's answers name for each test image: (N,), read once. Raises CorruptFile."""
    if not artifact.is_there:
        read(artifact)  # which says what is wrong
    return _answers_N(artifact)


@lru_cache(maxsize=4096)
def _answers_N(artifact: Artifact) -> "np.ndarray":
    found: np.ndarray = predictions_of(artifact)["test_logits_NC"].argmax(1).astype("uint16")
    found.flags.writeable = False  # shared by everybody who asks
    return found


def _agreement(one: LinkedRun, teacher: str | None, files: Mapping[str, Artifact]) -> float | None:
    if one.run.state == "finished" and teacher in files and one.run.id in files:
        with suppress(CorruptFile):
            own_N, other_N = answers_N(files[one.run.id]), answers_N(files[str(teacher)])
            if own_N.shape == other_N.shape:
                return float((own_N == other_N).mean())
    # What was stored speaks of the teacher of the job that trained it: another one, perhaps, where none is needed.
    asks = one.run.method in METHODS and METHODS.get(one.run.method).uses_teacher
    stored = one.run.scores.get("agreement") if asks or not files else None
    return float(stored) if isinstance(stored, int | float) else None
