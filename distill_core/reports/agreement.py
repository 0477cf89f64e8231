"""Agreement: how often a network predicts the same class as its teacher, from both networks' stored predictions.

It belongs to the job that shows a run, not to the run: jobs with different teachers share a control, and a student
teaches within one job only. N test images.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from distill_core.errors import CorruptFile
from distill_core.methods import METHODS
from distill_core.reports.predictions import CLASSES, LOGITS, classes_of, predictions_of
from distill_core.store import UNREADABLE, Artifact, LinkedRun, Store, file_problem

ShownRun = tuple[str, str]  # a job's id and that of a run which it shows


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """A finished run with a missing or changed file, or a run whose row cannot be read; ``why`` is the reason with a
    hint. ``seed``: None where it cannot be read."""

    job_id: str
    run_id: str
    student: str
    seed: int | None
    why: str


def agreements(store: Store, linked: Sequence[LinkedRun]) -> dict[ShownRun, float | None]:
    """For each run of a job the share of test examples, or of all their positions, for which it and its teacher predict
    the same class.

    None for teachers, for failed runs, and without both files of predictions; a run whose method uses the teacher then
    keeps the ``agreement`` that older versions stored in its scores.
    """
    teachers = {(link.job_id, link.student, link.run.seed): link.run.id for link in linked}
    first = {link.job_id: link.run.id for link in linked if link.role == "teacher"}
    files = store.artifacts([link.run.id for link in linked], "predictions")
    by_run: dict[ShownRun, float | None] = {}
    for link in linked:
        named = None if link.taught_by is None else teachers.get((link.job_id, link.taught_by, link.run.seed))
        teacher = first.get(link.job_id) if link.taught_by is None else named
        by_run[link.job_id, link.run.id] = _agreement(link, teacher, files) if link.role != "teacher" else None
    return by_run


def unreadable(store: Store, job_ids: Sequence[str] | None) -> tuple[Unreadable, ...]:
    """The unreadable runs of these jobs; tables leave out values from missing files."""
    linked = [link for link in store.runs(job_ids) if link.run.state == "finished"]
    lacks = store.lacking([link.run.id for link in linked])
    rows = [
        Unreadable(job_id=job_id, run_id=run_id, student=name, seed=None, why=file_problem(run_id, UNREADABLE))
        for job_id, run_id, name in store.unreadable_runs(job_ids)
    ]
    return *rows, *(
        Unreadable(
            job_id=link.job_id,
            run_id=link.run.id,
            student=link.student,
            seed=link.run.seed,
            why=file_problem(link.run.id, lacks[link.run.id]),
        )
        for link in linked
        if link.run.id in lacks
    )


@lru_cache(maxsize=4096)
def _share(own: Artifact, other: Artifact) -> float | None:
    """Of the predicted classes of all test examples, those that are the same; None where a file has those of some."""
    both = [predictions_of(artifact) for artifact in (own, other)]
    if any(arrays[LOGITS[1]].ndim > 2 and CLASSES not in arrays for arrays in both):
        return None
    own_N, other_N = map(classes_of, both)
    return float((own_N == other_N).mean()) if own_N.shape == other_N.shape else None


def _agreement(link: LinkedRun, teacher: str | None, files: Mapping[str, Artifact]) -> float | None:
    if link.run.state == "finished" and teacher in files and link.run.id in files:
        with suppress(CorruptFile):
            pair = files[link.run.id], files[str(teacher)]
            share = _share(*pair) if all(file.is_there for file in pair) else None
            if share is not None:
                return share
    # The stored value is for the teacher of the job that trained the run, which may differ where no teacher is used.
    asks = link.run.method in METHODS and METHODS.get(link.run.method).uses_teacher
    known = asks or not files or "predictions" in link.run.left_out
    stored = link.run.scores.get("agreement") if known else None
    return float(stored) if isinstance(stored, int | float) else None
