"""The loader of a kind of teacher, its context and its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Union

from distill_core.accelerator import ResolvedDevice
from distill_core.events import Event, Progress
from distill_core.execution.records import CurveRecorder
from distill_core.lazy_torch import nn
from distill_core.machine import ResolvedPrecision
from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.spec import TEACHER_NAME
from distill_core.store import Store
from distill_core.tasks import Dataset, Task

if TYPE_CHECKING:
    from distill_core.training.teacher_outputs import TeacherModel

# A network of this lab; a TeacherModel where the teacher has no blueprint.
Model = Union["nn.Module", "TeacherModel"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedModel:
    """A teacher's model, with the updates, seconds, seed, curves and device of the training that made it."""

    model: Model
    updates: int = 0
    seconds: float = 0.0
    seed: int = 0
    curves: Sequence[Mapping[str, Any]] = ()
    device: ResolvedDevice = "cpu"


@dataclass(frozen=True, kw_only=True, slots=True)
class TeacherContext:
    """What a loader may use. ``load`` reads, loads or trains another teacher, as a member of an ensemble. ``job_id``:
    the job that a half-trained teacher is kept for. ``name`` is the teacher's in events. ``part``: the index of an
    ensemble's member, and the number of members."""

    task: Task
    datasets: Mapping[str, Dataset]
    precision: ResolvedPrecision
    device: ResolvedDevice
    store: Store
    curves: CurveRecorder
    checkpoint: Callable[[], None]
    load: Callable[[ResolvedTeacher, TeacherContext], LoadedModel]
    job_id: str = ""
    name: str = TEACHER_NAME
    part: tuple[int, int] = (0, 1)

    def sink(self, event: Event) -> None:
        """Pass an event on; progress of a member is scaled to its part of the whole."""
        if isinstance(event, Progress):
            place, members = self.part
            event = replace(event, done=place * event.total + event.done, total=members * event.total)
        self.curves(event)


@dataclass(frozen=True, kw_only=True, slots=True)
class TeacherLoader:
    """Loads or trains teachers of one kind; ``name`` is the kind. ``load`` raises CorruptFile, NotFound,
    TrainingDiverged or Stopped."""

    name: str
    load: Callable[[ResolvedTeacher, TeacherContext], LoadedModel]
