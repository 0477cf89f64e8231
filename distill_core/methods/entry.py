"""What a method is: a described way to turn logits and labels into a loss."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["DistillLoss", "LossInputs", "Method", "Settings", "StepLoss"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """A student's own numbers for its method, complete: nothing is left to a default."""

    temperature: float | None = None
    alpha: float | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class LossInputs:
    """One batch as a method sees it. ``labelled_B`` tells which labels the student may use.

    ``teacher_BC`` is None where no member of the stream has a teacher; ``progress`` runs from 0 to 1 over the budget.
    """

    student_BC: "Tensor"
    teacher_BC: "Tensor | None"
    labels_B: "Tensor"
    labelled_B: "Tensor"
    progress: float


@dataclass(frozen=True, kw_only=True, slots=True)
class StepLoss:
    """``total`` is differentiated; ``parts`` are its terms before their weights, in nats, for the live chart."""

    total: "Tensor"
    parts: "Mapping[str, Tensor]"


DistillLoss = Callable[[LossInputs], StepLoss]


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """``temperature``, ``alpha`` and ``parameters`` are defaults; None means that the method does not use it.

    ``draws``: its loss takes numbers from torch's generator, so its students step one at a time.
    """

    name: str
    title: str
    paper: str
    teaches: str
    formula: str
    uses_teacher: bool
    build: Callable[[Settings], DistillLoss]
    temperature: float | None = None
    alpha: float | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    draws: bool = False
