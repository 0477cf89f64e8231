"""Resolves an experiment: names are checked, defaults are filled in, and controls are added."""

import math
from collections.abc import Mapping, Sequence

from distill_core.accelerator import driver, resolve_device
from distill_core.compression import STEPS
from distill_core.errors import InvalidSetting, Names, UnknownName, said
from distill_core.jobs.torch_import import import_torch
from distill_core.machine import resolve_precision
from distill_core.methods import CONTROL_METHOD, METHODS, resolve_added_settings, resolve_settings
from distill_core.networks import check
from distill_core.planning.blueprints import task_blueprint
from distill_core.planning.defined_methods import check_defined
from distill_core.planning.initialization import is_reinitialized, resolve_start
from distill_core.planning.method_settings import methods_of
from distill_core.planning.peer_groups import check_peer_groups, training_identity
from distill_core.planning.shared_settings import check_mode, check_n3
from distill_core.robustness.corrupted_data import check_scene
from distill_core.spec import AddedMethod, Experiment, Student, fingerprint
from distill_core.tasks import TASKS, Task, Tasks

Group = tuple[str, float, int, int | None, str | None]


def resolve_experiment(experiment: Experiment, tasks: Tasks = TASKS) -> Experiment:
    """The experiment with all defaults and controls filled in; resolving it again changes nothing.

    Raises: UnknownName or InvalidSetting for what cannot be trained.
    """
    task = tasks.get(experiment.task)
    asked = [_resolve_named(student, task) for student in experiment.students if student.role == "student"]
    if not asked:
        raise InvalidSetting(
            "students", expected="one that is not a control", got="none", hint="add a student; controls come along"
        )
    check_peer_groups(asked)
    check_mode(asked, experiment)
    check_n3(asked, experiment)
    _check_teaching(asked)
    controls = [_resolve_named(student, task) for student in experiment.students if student.role == "control"]
    random = [control for control in controls if control.start is None]
    _check_controls(random, asked)
    started = [control for control in controls if control.start is not None]
    _check_started_controls(started, experiment.students)
    _refuse_duplicates([*asked, *started])
    named = {_group(control): control.name for control in random}
    if driver():
        import_torch()  # it alone knows whether the device works
    device = resolve_device(experiment.device)
    students = [*_with_controls(asked, named, {control.name for control in started}), *started]
    return Experiment.of(
        {
            **experiment.model_dump(),
            "students": [student.model_dump() for student in students],
            "precision": resolve_precision(experiment.precision, device),
            # On the CPU nothing is added, so that an experiment reads as before there were devices.
            "device": experiment.device if device == "cpu" else device,
            # No view comes twice in consistent mode, so their number means nothing there.
            "views": experiment.views if experiment.mode == "cached" else 1,
        }
    )


def _resolve_named(student: Student, task: Task) -> Student:
    """The resolved student; errors name it, since an experiment has many."""
    try:
        return _resolve_student(student, task)
    except (InvalidSetting, UnknownName) as error:
        if repr(student.name) in str(error).partition(": expected")[0]:
            raise
        raise type(error)(said("{student!r}: {error}", student.name, error)) from error


def _resolve_student(student: Student, task: Task) -> Student:
    student = resolve_start(student)
    settings = resolve_settings(METHODS.get(student.method), student)
    check(task_blueprint(student, task))
    if student.labels is not None and student.labels > task.counts.train:
        raise InvalidSetting(
            said("labels of {student!r}", student.name),
            expected=said(
                "1 to {train:,} (the training {examples} of {task})", task.counts.train, task.kind.examples, task.name
            ),
            got=said("{value:,}", student.labels),
            hint="choose fewer, or a larger task",
        )
    if student.labels == 0 and not _reads_no_label(student, settings.alpha):
        raise InvalidSetting(
            said("labels of {student!r}", student.name),
            expected="1 or more, since its loss or its control reads labels",
            got="0",
            hint="give it some; or start from a network, with KD on all examples and alpha 1",
        )
    if student.scene is not None:
        check_scene(student.name, student.scene, task)
    if student.missing_class is not None and student.missing_class not in task.classes:
        raise InvalidSetting(
            said("missing class of {student!r}", student.name),
            expected=said("a class of {task} ({classes})", task.name, Names(task.classes)),
            got=student.missing_class,
            hint="choose one of these, or leave it out",
        )
    if student.missing_class is not None and task.target.positions:
        raise InvalidSetting(
            said("missing class of {student!r}", student.name),
            expected="a task with one label an example",
            got=said("{task}, which has {positions:,}", task.name, math.prod(task.target.positions)),
            hint="leave it out",
        )
    if student.missing_class is not None and task.turns:
        raise InvalidSetting(
            said("missing class of {student!r}", student.name),
            expected="a task whose examples have one label in all views",
            got=said("{task}, which asks each fact from both ends", task.name),
            hint="leave it out",
        )
    methods = methods_of(student)
    check_defined(student.name, methods, task)
    asks = any(method.uses_teacher for method in methods) and not any(method.mutual for method in methods)
    if student.taught_by is not None and not asks:
        raise InvalidSetting(
            said("the method of {student!r}, taught by {taught_by!r}", student.name, student.taught_by),
            expected="one that uses a teacher, and whose students do not teach each other",
            got=student.method,
            hint="choose kd, or leave taught_by out",
        )
    labels = None if student.labels == task.counts.train else student.labels
    return student.model_copy(
        update={
            "temperature": settings.temperature,
            "alpha": settings.alpha,
            "parameters": dict(settings.parameters),
            "also": tuple(map(_resolve_added, student.also)),
            "labels": labels,
            "transfer": "labelled" if labels is None else student.transfer,
        }
    )


def _reads_no_label(student: Student, alpha: float | None) -> bool:
    """Whether a student can have no label at all: it starts from a network, so that no control stands beside it, and is
    left as it is or taught by answers alone."""
    if student.start is None:
        return False
    step = student.start.change and STEPS.get(student.start.change.step)
    answers_alone = student.method == "kd" and alpha == 1 and student.transfer == "all" and not student.also
    return not (step and step.labelled) and (student.untrained or answers_alone)


def _resolve_added(added: AddedMethod) -> AddedMethod:
    settings = resolve_added_settings(METHODS.get(added.method), added)
    return added.model_copy(update={"temperature": settings.temperature, "parameters": dict(settings.parameters)})


def _check_controls(controls: Sequence[Student], asked: Sequence[Student]) -> None:
    """Refuse a written control that differs from the one that would be added for its students."""
    groups = {_group(student) for student in asked}
    for control in controls:
        if not _is_control(control) or _group(control) not in groups:
            raise InvalidSetting(
                said("the control {control!r}", control.name),
                expected="labels only, with the network, the labels and the missing class of a student",
                got=said(
                    "{method}, {architecture}, {labels} labels{never}",
                    control.method,
                    control.architecture,
                    control.labels or "all",
                    _never(control),
                ),
                hint='leave it out, it is added by itself; or make it a student with "role": "student"',
            )


def _check_started_controls(controls: Sequence[Student], students: Sequence[Student]) -> None:
    """Refuse other controls of a chain than one: the same network from random weights, trained on labels alone."""
    wrong = [control.name for control in controls if not _is_from_random(control, students)]
    if wrong or len(controls) > 1:
        raise InvalidSetting(
            "the control of a chain",
            expected="one, from random weights with the layers of a stage, trained on labels alone",
            got=Names(map(repr, wrong or [control.name for control in controls])),
            hint="give the others the role of a student",
        )


def _is_from_random(control: Student, students: Sequence[Student]) -> bool:
    beside = control.also or control.scene or control.int8_aware or control.untrained
    return control.method == CONTROL_METHOD and not beside and is_reinitialized(control, students)


def _check_teaching(students: Sequence[Student]) -> None:
    """Refuse a control as the teacher of a student; a student on labels alone becomes a control."""
    controls = {student.name for student in students if _is_control(student)}
    for student in students:
        if student.taught_by in controls:
            raise InvalidSetting(
                said("the teacher of {student!r}", student.name),
                expected="a student that is taught itself",
                got=said("{taught_by!r}, which is a control", student.taught_by),
                hint="choose another student, or let the teacher teach",
            )


def _refuse_duplicates(students: Sequence[Student]) -> None:
    known: dict[str, str] = {}
    for student in students:
        what = fingerprint(training_identity(student), student.taught_by, student.start and student.start.source)
        if what in known:
            raise InvalidSetting(
                "students",
                expected="each different in more than its name and seeds",
                got=said("{first!r} and {student!r}", known[what], student.name),
                hint="change a setting of one, as its temperature, or give one of them all the seeds",
            )
        known[what] = student.name


def _with_controls(students: Sequence[Student], named: Mapping[Group, str], taken: set[str]) -> list[Student]:
    """The controls, one for each group of students that start from random weights, then all other students."""
    groups: dict[Group, list[Student]] = {}
    for student in students:
        if student.start is None:
            groups.setdefault(_group(student), []).append(student)
    others = [member for members in groups.values() for member in members if not _is_control(member)]
    started = [student for student in students if student.start is not None]
    controls = []
    for group, members in groups.items():
        name = named.get(group) or _name(members, alone=len(groups) == 1)
        if group not in named:
            _refuse_name(name, [*others, *started])
        controls.append(_control(members, name))
    if not others and not started:
        raise InvalidSetting(
            "students", expected="one that is not a control", got="labels only", hint="add a student that is taught"
        )
    return [*_renamed(controls, {student.name for student in (*others, *started)} | taken), *others, *started]


def _group(student: Student) -> Group:
    return student.architecture, student.width, student.stem_stride, student.labels, student.missing_class


def _never(student: Student) -> str:
    return f", never {student.missing_class}" if student.missing_class else ""


def _is_control(student: Student) -> bool:
    alone = student.transfer == "labelled" and not student.also and student.start is None
    return student.method == CONTROL_METHOD and alone


def _name(members: list[Student], *, alone: bool) -> str:
    given = next(filter(_is_control, members), None)
    return given.name if given else "control" if alone else f"control of {members[0].name}"[:64]


def _refuse_name(control: str, students: Sequence[Student]) -> None:
    """Refuse a student with the name of a control, which would mislead readers of a table."""
    if any(student.name == control for student in students):
        expected, hint = "one that is not the control's, which the lab adds", "rename the student"
        raise InvalidSetting("a student's name", expected=expected, got=repr(control), hint=hint)


def _control(members: list[Student], name: str) -> Student:
    first = members[0]
    seeds = tuple(dict.fromkeys(seed for member in members for seed in member.seeds))
    return Student(
        name=name,
        architecture=first.architecture,
        width=first.width,
        stem_stride=first.stem_stride,
        method=CONTROL_METHOD,
        labels=first.labels,
        transfer="labelled",
        missing_class=first.missing_class,
        seeds=tuple(sorted(seeds)),
        role="control",
    )


def _renamed(controls: list[Student], taken: set[str]) -> list[Student]:
    renamed = []
    for control in controls:
        name, number = control.name, 2
        while name in taken:
            name, number = f"{control.name[:58]} ({number})", number + 1
        taken.add(name)
        renamed.append(control.model_copy(update={"name": name}))
    return renamed
