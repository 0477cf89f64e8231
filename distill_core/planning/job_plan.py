"""The plan of a job: a resolved experiment as runs that are executed as they stand."""

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
from distill_core.planning.teacher_sources import program_parts, resolve_starts, resolve_teacher
from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.robustness.corrupted_data import corruption_version
from distill_core.spec import Experiment
from distill_core.store import RunLink, RunRecord, Store
from distill_core.tasks import Task, Tasks


@dataclass(frozen=True, kw_only=True, slots=True)
class JobPlan:
    """A resolved experiment: made once, shown, stored with its job, executed as it stands.

    ``fingerprint`` identifies the job. ``program``: what ``program_of`` returned when the plan was made.
    ``find_stored_runs`` tells which of the runs are stored.
    """

    experiment: Experiment
    teacher: ResolvedTeacher
    runs: tuple[PlannedRun, ...]
    fingerprint: str
    program: Mapping[str, int | str]

    def link(self, planned: PlannedRun, run: RunRecord) -> RunLink:
        """The link from the job to the run of a student."""
        student = planned.student
        place = 1 + next(place for place, other in enumerate(self.runs) if other.key == planned.key)
        return RunLink(
            run_id=run.id, position=place, student=student.name, role=planned.role, taught_by=student.taught_by
        )

    def teacher_link(self, run: RunRecord) -> RunLink:
        """The link from the job to its teacher's run."""
        name = teacher_name(self.teacher.title, self.experiment)
        return RunLink(run_id=run.id, position=0, student=name, role="teacher")


def resolve(experiment: Experiment, store: Store, tasks: Tasks) -> JobPlan:
    """The plan of an experiment; a run that is stored under an older fingerprint keeps that.

    Raises: DistillError for what cannot be trained, a teacher that cannot teach it, or a start that cannot be made.
    """
    full = resolve_experiment(experiment, tasks)
    task, precision = tasks.get(full.task), cast(ResolvedPrecision, full.precision)
    teacher = resolve_teacher(full.teacher, task, precision, store.whole_run, tasks, device_of(full))
    starts = resolve_starts(full, precision, store.whole_run, tasks, device_of(full))
    runs = _filed(expand(full, teacher, store.teacher_fingerprints(task.name), tasks, starts), store)
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
    """What these results depend on beside the plan, by name: the revisions of networks, methods, steps and loop, the
    hash of the data, what the teacher's source tells, the number of threads and the device.

    Raises: UnknownName where this program lacks one of them.
    """
    accelerator = accelerator_name(device)
    methods = [METHODS.get(CONTROL_METHOD), *(method for planned in runs for method in planned.methods)]
    steps = [step for planned in runs if (step := step_of(planned.student))]
    networks = [*([teacher.blueprint] if teacher.blueprint else []), *(planned.blueprint for planned in runs)]
    return {
        **all_revisions(networks, methods, steps),
        **{f"scene {scene.corruption}": corruption_version(scene) for run in runs if (scene := run.student.scene)},
        **program_parts(teacher.choice, task),
        "data": task.sha256,
        "threads": training_threads(),
        "device": device_name(),
        **({"trains on": accelerator} if accelerator else {}),
    }


def teacher_name(title: str, experiment: Experiment) -> str:
    """The teacher's title, marked where a student has the same name: names in a chart are distinct."""
    taken = {student.name for student in experiment.students}
    while title in taken:
        title = f"{title} (teacher)"
    return title


def _filed(planned: Sequence[PlannedRun], store: Store) -> tuple[PlannedRun, ...]:
    """The runs, each with one fingerprint: that of an equal stored run with all its files, else of any equal stored
    run, else its own."""
    fingerprints = [fingerprint for run in planned for fingerprint in run.fingerprints]
    known, whole = store.find_runs(fingerprints), store.whole_runs(fingerprints)

    def filed_fingerprint(run: PlannedRun) -> str:
        stored = [
            *(fingerprint for fingerprint in run.fingerprints if fingerprint in whole),
            *(fingerprint for fingerprint in run.fingerprints if fingerprint in known),
        ]
        return stored[0] if stored else run.fingerprint

    return tuple(replace(run, fingerprint=filed_fingerprint(run), filed_before={}) for run in planned)
