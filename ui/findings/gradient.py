"""Where a student's gradient comes from, and what T does to the teacher's part of it.

``ui/screens/temperature`` finds these facts; lengths are nats for a unit of logit."""

from dataclasses import dataclass

__all__ = ["Doubled", "HowToRead", "Limit", "Moved", "Parts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HowToRead:
    """The direction of a bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The classes whose logits are raised and lowered most, with their gradients; None where every part is 0."""

    raised: tuple[str, float] | None
    lowered: tuple[str, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The lengths of the part of the labels and of the teacher's."""

    hard: float
    soft: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubled:
    """The teacher's part at a temperature, plain and times T², and at twice the temperature; 0 of equal answers."""

    temperature: float
    plain: float
    scaled: float
    twice: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How far the gradient is from matching logits (0 to 1) at a temperature and, where that is another one, at the
    ``last`` of the axis."""

    temperature: float
    distance: float
    last: tuple[float, float] | None
