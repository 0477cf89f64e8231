"""Plans the initial network of a student: its source, the compression step, and which of both are refused."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from distill_core.compression import STEPS, CompressionStep, Settings, resolve_settings
from distill_core.errors import InvalidSetting, said
from distill_core.jobs.torch_import import import_torch
from distill_core.methods import CONTROL_METHOD, METHODS
from distill_core.networks import Blueprint
from distill_core.robustness.corruptions import CORRUPTIONS
from distill_core.spec import Change, Student, dependencies


@dataclass(frozen=True, kw_only=True, slots=True)
class InitialNetworkPlan:
    """The planned form of a network that students may start from.

    ``is_trained``: False after slicing or re-initialisation until it is trained again. ``file``: the number format of a
    quantized file, which no step can change; None for a network. ``keeps_zeros``: zero weights stay zero in students
    that start from it. ``trainings``: the number of its trainings, the planned one included. ``step_settings``: those
    of the step that makes it, None without a step.
    """

    name: str
    blueprint: Blueprint
    is_trained: bool = True
    file: str | None = None
    keeps_zeros: bool = False
    level: int = -1
    trainings: int = 0
    step_settings: Settings | None = None


def step_of(student: Student) -> CompressionStep | None:
    """The compression step of a student's start, None without one. Raises UnknownName."""
    change = student.start.change if student.start else None
    return STEPS.get(change.step) if change else None


def is_weights_only(student: Student) -> bool:
    """Whether a student's step changes weights only, not the graph."""
    step = step_of(student)
    return step is not None and step.weights_only


def is_reinitialized(student: Student, students: Sequence[Student]) -> bool:
    """Whether a student, or one that it depends on, was re-initialised in the form of another network."""
    line = (*dependencies(student, students), student)
    return any(step.resets_weights for step in map(step_of, line) if step is not None)


def resolve_start(student: Student) -> Student:
    """The student with all settings of its step filled in; an untrained student loses its method.

    Raises: UnknownName for a step or a corruption; InvalidSetting for a start that no network allows.
    """
    if student.start is None:
        if student.scene is not None:
            raise _wrong(student, "the scene", "a trained network that gets used to it", "none", "name one under start")
        return student
    _check_method(student)
    if student.scene is not None:
        CORRUPTIONS.get(student.scene.corruption)
    step, change = step_of(student), student.start.change
    if step and change:
        settings = resolve_settings(step, change)
        change = Change(step=step.name, parameters=dict(settings.parameters), choices=dict(settings.choices))
    _check_training(student, step)
    resolved = student.model_copy(update={"start": student.start.model_copy(update={"change": change})})
    return _without_method(resolved) if student.untrained else resolved


def plan_initialization(student: Student, blueprint: Blueprint, initial: InitialNetworkPlan) -> InitialNetworkPlan:
    """The planned network of a resolved student that starts from ``initial``; ``blueprint`` is that of its
    architecture and width.

    The form of a pruned or factorised network is known once the step is done; the plan has that of ``initial``.
    Raises: InvalidSetting where the step does not apply to ``initial``.
    """
    step, change = step_of(student), student.start.change if student.start else None
    settings = Settings(parameters=change.parameters, choices=change.choices) if change else None
    _check_source(student, step, initial)
    resized = step is not None and step.resizes
    target = blueprint if resized else initial.blueprint
    if not resized:
        _check_form(student, blueprint, initial)
    if step is not None and settings is not None:
        import_torch()  # it builds networks, and a page may be the first to ask
        step.check(initial.blueprint, target, settings)
    loses = step is not None and (step.resizes or step.resets_weights)
    return InitialNetworkPlan(
        name=student.name,
        blueprint=target,
        is_trained=not student.untrained or (initial.is_trained and not loses),
        file=step.file if step else None,
        keeps_zeros=(step is not None and step.keeps_zeros) or (initial.keeps_zeros and not resized),
        level=initial.level + 1,
        trainings=(0 if step is not None and step.resets_weights else initial.trainings) + (not student.untrained),
        step_settings=settings,
    )


def _without_method(student: Student) -> Student:
    nothing: dict[str, Any] = {
        "method": CONTROL_METHOD,
        "temperature": None,
        "alpha": None,
        "parameters": {},
        "also": (),
    }
    return student.model_copy(
        update={**nothing, "standardize": False, "transfer": "labelled", "taught_by": None, "int8_aware": False}
    )


def _check_method(student: Student) -> None:
    method = METHODS.get(student.method)
    if not student.untrained and (method.reuses_teacher_head or method.mutual):
        expected = "a method that leaves the network as it is, and needs no peer"
        raise _wrong(student, "the method", expected, method.name, "choose kd, or leave start out")
    if student.untrained and (student.scene or student.missing_class):
        expected = "no scene and no missing class: it sees no image"
        raise _wrong(student, "what it sees", expected, "one", "leave it out, or train the student")


def _check_training(student: Student, step: CompressionStep | None) -> None:
    if student.untrained and step is None and not (student.start and student.start.run):
        raise _wrong(student, "a student that does not train", "a step", "none", "choose a step, or train it")
    if step is not None and step.file and not student.untrained:
        hint = "leave it untrained; to train with rounded numbers, set int8_aware on the student before"
        raise _wrong(student, "what follows", "nothing: a file cannot be trained", "training", hint)


def _check_source(student: Student, step: CompressionStep | None, initial: InitialNetworkPlan) -> None:
    if initial.blueprint.members:
        raise _wrong(student, "the network it starts as", "one network", "an ensemble", "choose one of its members")
    if initial.file:
        got, hint = said("{initial!r}, a file in {file}", initial.name, initial.file), "put that step last"
        raise _wrong(student, "the network it starts as", "one that can be changed", got, hint)
    if step is not None and step.file and not initial.is_trained:
        got, hint = said("{initial!r}, which has not learnt in this form", initial.name), "train it before that step"
        raise _wrong(student, "the network it starts as", "a trained one", got, hint)


def _check_form(student: Student, blueprint: Blueprint, initial: InitialNetworkPlan) -> None:
    """Refuse a student with another form than its source; only a slice may change it."""
    plain = replace(initial.blueprint, changes=(), teacher_head=None)
    if blueprint != plain:
        got = said(
            "{architecture}, width {width:g}, stem stride {stem_stride}",
            blueprint.architecture,
            blueprint.width,
            blueprint.stem_stride,
        )
        expected = said(
            "that of {initial!r} ({architecture}, width {width:g}, stride {stem_stride})",
            initial.name,
            plain.architecture,
            plain.width,
            plain.stem_stride,
        )
        raise _wrong(student, "its network", expected, got, "write that one, or slice it first")


def _wrong(student: Student, what: str, expected: str, got: str, hint: str) -> InvalidSetting:
    return InvalidSetting(said("{student!r}: {what}", student.name, what), expected=expected, got=got, hint=hint)
