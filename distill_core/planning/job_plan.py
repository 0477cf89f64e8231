"""The plan of a job: an experiment with nothing left open, as runs that can be executed as they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from distill_core.accelerator import ResolvedDevice, accelerator_name, device_of
from distill_core.machine import ResolvedPrecision, device_name, training_threads
from distill_core.methods import CONTROL_METHOD, METHODS
from distill_core.planning.fingerprint import job_fingerprint
from distill_core.planning.initialization import step_of
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.revisions import all_revisions
from distill_core.planning.runs import PlannedRun, expand
from distill_core.planning.teacher_sources import ResolvedTeacher, program_parts, resolve_teacher
from distill_core.robustness.corrupted_data import corruption_version
from distill_core.spec import Experiment
from distill_core.store import RunLink, RunRecord, Store
from distill_core.tasks import Task, Tasks


@dataclass(frozen=True, kw_only=True, slots=True)
class JobPlan:
    """A resolved experiment: made once, shown, stored with its job, executed as it stands.

    ``fingerprint`` is what the job is filed under. ``program`` is what ``program_of`` answered when the plan was made.
    What the store holds of it at a moment is told by ``find_stored_runs``.
    """

    experiment: Experiment
    teacher: ResolvedTeacher
    runs: tuple[PlannedRun, ...]
    fingerprint: str
    program: Mapping[str, int | str]

    def link(self, one: PlannedRun, run: RunRecord) -> RunLink:
        """Where and how the job shows the run of a student."""
        place = 1 + next(place for place, other in enumerate(self.runs) if other.key == one.key)
        return RunLink(
            run_id=run.id, position=place, student=one.student.name, role=one.role, taught_by=one.student.taught_by
        )

    def teacher_link(self, run: RunRecord) -> RunLink:
        """Where and how the job shows its teacher's run."""
        name = teacher_name(self.teacher.title, self.experiment)
        return RunLink(run_id=run.id, position=0, student=name, role="teacher")


def resolve(experiment: Experiment, store: Store, tasks: Tasks) -> JobPlan:
    """The plan of an experiment, each run under the fingerprint that it is or will be filed under.

    Raises: DistillError for what cannot be trained, a teacher that cannot teach it, or a start that cannot be made.
    """
    full = resolve_experiment(experiment, tasks)
    task, precision = tasks.get(full.task), cast(ResolvedPrecision, full.precision)
    teacher = resolve_teacher(full.teacher, task, precision, store.whole_run, tasks, device_of(full))
    runs = _filed(expand(full, teacher, store.teacher_fingerprints(task.name), tasks), store)
    return JobPlan(
        experiment=full,
        teacher=teacher,
        runs=runs,
        fingerprint=job_fingerprint(full, teacher, task),
        program=program_of(task, teacher, runs, device_of(full)),
    )


def program_of(
    task: Task, teacher: ResolvedTeacher, runs: Sequence[PlannedRun], device: ResolvedDevice
) -> dict[str, int | str]:
    """What the results of these runs depend on beside the plan: the revisions of networks, methods, steps and loop, the
    data, what the teacher's source tells, the threads and the device.

    Raises: UnknownName where this program lacks one of them.
    """
    accelerator = accelerator_name(device)
    methods = [METHODS.get(CONTROL_METHOD), *(method for one in runs for method in one.methods)]
    steps = [step for one in runs if (step := step_of(one.student))]
    networks = [*([teacher.blueprint] if teacher.blueprint else []), *(one.blueprint for one in runs)]
    return {
        **all_revisions(networks, methods, steps),
        **{f"scene {one.corruption}": corruption_version(one) for run in runs if (one := run.student.scene)},
        **program_parts(teacher.choice, task),
        "data": task.sha256,
        "threads": training_threads(),
        "device": device_name(),
        **({"trains on": accelerator} if accelerator else {}),
    }


def teacher_name(title: str, experiment: Experiment) -> str:
    """Its title, unless a student is called so: in a chart every network has a name of its own."""
    taken = {student.name for student in experiment.students}
    while title in taken:
        title = f"{title} (teacher)"
    return title


def _filed(planned: Sequence[PlannedRun], store: Store) -> tuple[PlannedRun, ...]:
    """Each under the fingerprint of the run that it equals, which is then its only one: one that is whole, else one
    that is to be made again."""
    marks = [mark for one in planned for mark in one.fingerprints]
    known, whole = store.find_runs(marks), store.whole_runs(marks)

    def under(one: PlannedRun) -> str:
        some = [
            *(mark for mark in one.fingerprints if mark in whole),
            *(mark for mark in one.fingerprints if mark in known),
        ]
        return some[0] if some else one.fingerprint

    return tuple(replace(one, fingerprint=under(one), filed_before={}) for one in planned)
