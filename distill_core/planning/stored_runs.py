"""What the store holds of a plan at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass

from distill_core.deployment.server_measurement import StoredLatencies, stored_latencies
from distill_core.planning.cohorts import find_stored
from distill_core.planning.job_plan import JobPlan
from distill_core.planning.runs import PlannedRun
from distill_core.store import RunLink, RunRecord, Store


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRuns:
    """``students`` holds by key the runs that need not be trained again, None for the others; ``teachers`` by
    fingerprint the runs of the teacher and of an ensemble's members; ``latencies`` are those of all that is shown."""

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
        return tuple(one for one in self.plan.runs if self.students[one.key] is None)

    def links(self) -> tuple[RunLink, ...]:
        """What the job shows from the start: every run of it that is stored."""
        teacher = self.teachers.get(self.plan.teacher.fingerprint)
        found = [(one, run) for one in self.plan.runs if (run := self.students[one.key]) is not None]
        return (
            *([self.plan.teacher_link(teacher)] if teacher else []),
            *(self.plan.link(one, run) for one, run in found),
        )


def find_stored_runs(plan: JobPlan, store: Store) -> StoredRuns:
    """The runs of a plan that are there; one that failed, or lacks one of its files, is made again under its id."""
    students = find_stored(plan.runs, store.whole_runs)
    teacher = plan.teacher
    teachers = store.whole_runs([teacher.fingerprint, *(member.fingerprint for member in teacher.members)])
    shown = [run for run in (teachers.get(teacher.fingerprint), *students.values()) if run is not None]
    return StoredRuns(plan=plan, students=students, teachers=teachers, latencies=stored_latencies(shown, store))
