"""What a job has to do: its runs, and which of them are stored already."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from distill_core.deployment.server_measurement import StoredLatencies, stored_latencies
from distill_core.experiment import Experiment
from distill_core.machine import ResolvedPrecision
from distill_core.planning.cohorts import find_stored
from distill_core.planning.runs import PlannedRun, expand, job_fingerprint
from distill_core.planning.teacher import ResolvedTeacher, resolve_teacher
from distill_core.store import RunLink, RunRecord, Store
from distill_core.tasks import TASKS

__all__ = ["JobPlan", "plan_job", "teacher_name"]


@dataclass(frozen=True, kw_only=True, slots=True)
class JobPlan:
    """A complete experiment as runs. ``stored`` holds by key those that need not be trained again, None for the others;
    ``teachers`` by fingerprint the stored runs of the teacher and of an ensemble's members; ``latencies`` are those of
    the runs that the job shows."""

    experiment: Experiment
    teacher: ResolvedTeacher
    students: tuple[PlannedRun, ...]
    stored: dict[str, RunRecord | None]
    teachers: dict[str, RunRecord]
    latencies: StoredLatencies

    @property
    def fingerprint(self) -> str:
        """What the job is filed under."""
        return job_fingerprint(self.experiment, self.teacher)

    @property
    def lacks_runs(self) -> bool:
        """Whether anything has to be trained or made ready."""
        return self.teacher.fingerprint not in self.teachers or None in self.stored.values()

    @property
    def missing(self) -> tuple[PlannedRun, ...]:
        """Those that have to be trained."""
        return tuple(one for one in self.students if self.stored[one.key] is None)

    def link(self, one: PlannedRun, run: RunRecord) -> RunLink:
        """Where and how the job shows the run of a student."""
        place = 1 + next(place for place, other in enumerate(self.students) if other.key == one.key)
        return RunLink(
            run_id=run.id, position=place, student=one.student.name, role=one.role, taught_by=one.student.taught_by
        )

    def teacher_link(self, run: RunRecord) -> RunLink:
        """Where and how the job shows its teacher's run."""
        name = teacher_name(self.teacher.title, self.experiment)
        return RunLink(run_id=run.id, position=0, student=name, role="teacher")

    def links(self) -> tuple[RunLink, ...]:
        """What the job shows from the start: every run of it that is stored."""
        teacher = self.teachers.get(self.teacher.fingerprint)
        found = [(one, run) for one in self.students if (run := self.stored[one.key]) is not None]
        return (*([self.teacher_link(teacher)] if teacher else []), *(self.link(one, run) for one, run in found))


def plan_job(experiment: Experiment, store: Store) -> JobPlan:
    """The runs of a complete experiment, each under the fingerprint that it is or will be filed under.

    A run that failed, or lacks one of its files, is not there: it is made again, and stands under its id then.
    Raises: DistillError for a teacher that cannot teach it, or a start that cannot be made.
    """
    task, precision = TASKS.get(experiment.task), cast(ResolvedPrecision, experiment.precision)
    teacher = resolve_teacher(experiment.teacher, task, precision, store.whole_run)
    students = _filed(expand(experiment, teacher, store.teacher_fingerprints(task.name)), store)
    stored = find_stored(students, store.whole_runs)
    teachers = store.whole_runs([teacher.fingerprint, *(member.fingerprint for member in teacher.members)])
    shown = [run for run in (teachers.get(teacher.fingerprint), *stored.values()) if run is not None]
    return JobPlan(
        experiment=experiment,
        teacher=teacher,
        students=students,
        stored=stored,
        teachers=teachers,
        latencies=stored_latencies(shown, store),
    )


def teacher_name(title: str, experiment: Experiment) -> str:
    """Its title, unless a student is called so: in a chart every network has a name of its own."""
    taken = {student.name for student in experiment.students}
    while title in taken:
        title = f"{title} (teacher)"
    return title


def _filed(planned: Sequence[PlannedRun], store: Store) -> tuple[PlannedRun, ...]:
    """Each under the fingerprint of the run that it equals: one that is whole, else one that is to be made again."""
    marks = [mark for one in planned for mark in one.fingerprints]
    known, whole = store.find_runs(marks), store.whole_runs(marks)

    def under(one: PlannedRun) -> str:
        some = [
            *(mark for mark in one.fingerprints if mark in whole),
            *(mark for mark in one.fingerprints if mark in known),
        ]
        return some[0] if some else one.fingerprint

    return tuple(replace(one, fingerprint=under(one)) for one in planned)
