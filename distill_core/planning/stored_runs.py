"""The stored runs of a plan."""

from collections.abc import Mapping
from dataclasses import dataclass

from distill_core.deployment.server_measurement import StoredLatencies, stored_latencies
from distill_core.planning.cohorts import find_stored
from distill_core.planning.job_plan import JobPlan
from distill_core.planning.runs import PlannedRun
from distill_core.store import RunLink, RunRecord, Store


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRuns:
    """The runs of a plan that were stored at one moment. ``students``: by key, None for a run that is to be trained;
    ``teachers``: the teacher and the members of an ensemble, by fingerprint; ``latencies``: those of all these runs."""

    plan: JobPlan
    students: Mapping[str, RunRecord | None]
    teachers: Mapping[str, RunRecord]
    latencies: StoredLatencies

    @property
    def lacks_runs(self) -> bool:
        """Whether anything has to be trained or made ready."""
        return self.plan.teacher.fingerprint not in self.teachers or None in self.students.values()

    @property
    def missing(self) -> tuple[PlannedRun, ...]:
        """The planned runs that have to be trained."""
        return tuple(planned for planned in self.plan.runs if self.students[planned.key] is None)

    def links(self) -> tuple[RunLink, ...]:
        """A link from the job to each stored run."""
        teacher = self.teachers.get(self.plan.teacher.fingerprint)
        students = [(planned, run) for planned in self.plan.runs if (run := self.students[planned.key]) is not None]
        return (
            *([self.plan.teacher_link(teacher)] if teacher else []),
            *(self.plan.link(planned, run) for planned, run in students),
        )


def find_stored_runs(plan: JobPlan, store: Store) -> StoredRuns:
    """Look up the runs of a plan. A run that failed or lacks a file counts as missing: it is trained again."""
    students = find_stored(plan.runs, store.whole_runs)
    teacher = plan.teacher
    teachers = store.whole_runs([teacher.fingerprint, *(member.fingerprint for member in teacher.members)])
    shown = [run for run in (teachers.get(teacher.fingerprint), *students.values()) if run is not None]
    return StoredRuns(plan=plan, students=students, teachers=teachers, latencies=stored_latencies(shown, store))
