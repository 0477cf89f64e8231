"""A teacher in planning, and the interface of a kind of teacher."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from distill_core.accelerator import ResolvedDevice
from distill_core.errors import InvalidSetting, said
from distill_core.machine import ResolvedPrecision
from distill_core.networks import Blueprint
from distill_core.spec import TeacherChoice, TeacherSpec
from distill_core.store import RunRecord
from distill_core.tasks import Task, Tasks


@dataclass(frozen=True, kw_only=True, slots=True)
class TeacherOption:
    """One row of a teacher picker; ``name`` is what the picker and the address call it, ``created_at`` the time of a
    stored run."""

    name: str
    title: str
    note: str
    choice: TeacherSpec
    created_at: datetime | None = None

    @property
    def key(self) -> str:
        return self.choice.key


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedTeacher:
    """A teacher that exists or can be made, and the fingerprint of its run.

    ``blueprint``: None for a model that is no network of this lab. Such a model has no weights and no ONNX file here;
    ``macs`` are then the multiply-accumulates that it takes for one example, for the estimate. ``members`` are those of
    an ensemble. ``labels``: the number of labels that it was trained on (None: all); of an ensemble, that of the member
    that was trained on most. ``stages``: of such a model, the shapes for one example of the stages that it gives, by
    name, in the order of ``TeacherModel.stages``; empty where it gives none, and for a network, whose blueprint tells.
    """

    choice: TeacherChoice
    title: str
    blueprint: Blueprint | None
    fingerprint: str
    members: "tuple[ResolvedTeacher, ...]" = ()
    labels: int | None = None
    macs: int = 0
    stages: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def has_stages(self) -> bool:
        """Whether methods on features can use it."""
        return bool(self.stages) or (self.blueprint is not None and not self.blueprint.members)


@dataclass(frozen=True, kw_only=True, slots=True)
class TeacherQuery:
    """What a choice is resolved for. ``get_run`` gives a stored run by its id and raises where there is none;
    ``resolve`` resolves another choice for the same task."""

    task: Task
    precision: ResolvedPrecision
    device: ResolvedDevice
    get_run: Callable[[str], RunRecord]
    tasks: Tasks
    resolve: Callable[[TeacherSpec], ResolvedTeacher]


def _no_options(_task: Task, _offered: Sequence[TeacherOption], _runs: Sequence[RunRecord]) -> tuple[()]:
    return ()


def _no_program(_choice: Any, _task: Task) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, kw_only=True, slots=True)
class TeacherSource:
    """One kind of teacher; ``name`` is the ``kind`` of its specification, which is the argument ``choice``.

    ``resolve(choice, query)``: what the choice means for a task, without loading it. Raises InvalidSetting, UnknownName
    or NotFound where this teacher cannot teach the task.
    ``options(task, offered, runs)``: its rows of a teacher picker, below the rows that other kinds have ``offered``;
    ``runs`` are finished runs of the task, the newest first.
    ``program(choice, task)``: what the teacher's answers depend on beside its specification, by name.
    """

    name: str
    resolve: Callable[[Any, TeacherQuery], ResolvedTeacher]
    options: Callable[[Task, Sequence[TeacherOption], Sequence[RunRecord]], Sequence[TeacherOption]] = _no_options
    program: Callable[[Any, Task], Mapping[str, str]] = _no_program


def no_network(teacher: ResolvedTeacher, why: str) -> InvalidSetting:
    """The error of a teacher without a blueprint; ``why``: what needs one."""
    return InvalidSetting(
        "the teacher",
        expected=said("a network of this lab, since {why}", why),
        got=said("{teacher}, which only answers", teacher.title),
        hint="choose a network as the teacher",
    )


def wrong_task(name: str, expected: str, task: Task) -> InvalidSetting:
    """The error of a teacher that was trained for other tasks."""
    return InvalidSetting(
        said("teacher {name!r}", name),
        expected=said("a task that it was trained for ({expected})", expected),
        got=task.name,
        hint="choose that task, or another teacher",
    )


def listed(titles: Sequence[str]) -> str:
    """The title of an ensemble of these."""
    return f"Ensemble of {'; '.join(titles[:-1])} and {titles[-1]}"
