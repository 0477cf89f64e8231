"""Fingerprints of jobs and runs."""

from distill_core.machine import device_name
from distill_core.methods import METHODS
from distill_core.networks import Blueprint
from distill_core.planning.blueprints import task_blueprint
from distill_core.planning.initialization import step_of
from distill_core.planning.machine import machine_parts
from distill_core.planning.method_settings import methods_of
from distill_core.planning.peer_groups import PeerGroup, training_identity
from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.robustness.corrupted_data import corruption_version
from distill_core.spec import Experiment, Student, dependencies, fingerprint
from distill_core.tasks import Task


def job_fingerprint(experiment: Experiment, teacher: ResolvedTeacher, task: Task) -> str:
    """The fingerprint of a resolved experiment: its specification, the hashes of data and teacher, and what the machine
    adds (``made_here``)."""
    peers = tuple(student for student in experiment.students if METHODS.get(student.method).mutual)
    here = []
    for student in experiment.students:
        inside = student.start and not student.start.run
        form = teacher.blueprint if inside else task_blueprint(student, task)
        peer_group = peers if student in peers else ()
        here.append(made_here(experiment, student, peer_group, form, teacher.blueprint, task))
    return fingerprint(_specified(experiment), task.sha256, teacher.fingerprint, *(here if any(here) else []))


def run_fingerprint(
    experiment: Experiment,
    student: Student,
    seed: int,
    data_sha256: str,
    teacher_mark: str | None,
    peer_group: PeerGroup,
    start_mark: str | None,
) -> str:
    """The fingerprint of a student's run. ``teacher_mark``: its teacher's fingerprint, None where its method needs no
    teacher (in older runs a control has that of the experiment's teacher); ``start_mark``: that of its source."""
    # Names, roles and the other seeds change nothing in what is trained, so an equal run is found again.
    shared = _specified(experiment, "students", "teacher")
    parts = ["run", training_identity(student), seed, shared, data_sha256]
    parts += [] if teacher_mark is None else [teacher_mark]
    # Its peers and its source do change what is trained.
    parts += [list(map(training_identity, peer_group))] if peer_group else []
    parts += [] if start_mark is None else ["starts as", start_mark]
    parts += ["in scene", corruption_version(student.scene)] if student.scene else []
    # Pruning by latency depends on the machine.
    return fingerprint(*parts, *([device_name()] if _is_timed(student) else []))


def _specified(experiment: Experiment, *apart: str) -> dict[str, object]:
    """The experiment as plain values without the fields ``apart``; the CPU, which is the reference, is not named."""
    return experiment.model_dump(mode="json", exclude={*apart, *(["device"] if experiment.device == "cpu" else [])})


def _is_timed(student: Student) -> bool:
    change = student.start.change if student.start else None
    return change is not None and change.choices.get("target") == "latency"


def made_here(
    experiment: Experiment,
    student: Student,
    peer_group: PeerGroup,
    form: Blueprint | None,
    teacher: Blueprint | None,
    task: Task,
) -> list[object]:
    """Parts that this machine and the memory order add to a fingerprint; ``form``: the blueprint of the student's
    source, or its own; ``teacher``: its teacher's. None: a teacher that is no network of this lab."""
    line = (*dependencies(student, experiment.students), student)
    methods = [method for member in (student, *peer_group) for method in methods_of(member)]
    blueprints = [task_blueprint(peer, task) for peer in (student, *peer_group)]
    return machine_parts(
        [form, *blueprints] if form else blueprints,
        methods,
        teacher=teacher if any(method.uses_teacher for method in methods) else None,
        batch_size=experiment.budget.batch_size,
        pruned=any(step is not None and step.family == "pruning" for step in map(step_of, line)),
    )
