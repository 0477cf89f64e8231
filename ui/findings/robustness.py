"""What trials on disturbed examples show: how far each network falls, what distilling changed, what adapting brought.

``ui/screens/robustness`` finds these facts."""

from dataclasses import dataclass
from typing import Literal

from distill_core.tasks.base import Kind
from distill_core.tasks.images import IMAGE
from ui.findings.facts import Estimate, Gap

__all__ = [
    *("Adapted", "AgainstControlRun", "Attacked", "Confidence", "ControlRunMissing", "Left", "MissingSeverity", "Move"),
    *(
        "Moves",
        "NoDifference",
        "OnCorrupted",
        "Overtaken",
        "Paired",
        "SoFar",
        "StillRight",
        "TeacherHas",
        "TooFewSeeds",
        "Unmoved",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    """Conditions that are tested, of all that sentences need."""

    tested: int
    conditions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What a network has on clean examples and then, as shares (0 to 1)."""

    name: str
    before: Estimate
    after: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """From clean examples to a severity; ``measure`` is the score by the task's own ``metric``, or ece."""

    measure: Literal["score", "ece"]
    severity: int
    moves: tuple[Move, ...]
    kind: Kind = IMAGE
    metric: str = "accuracy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaken:
    """Networks that are behind the teacher on clean examples and ahead of it at a severity."""

    names: tuple[str, ...]
    severity: int
    kind: Kind = IMAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCorrupted:
    """A student beside its control over all severities, and on clean examples where that is shown; ``left``: the share
    in percent of its gain that is left."""

    student: str
    gap: Gap
    clean: Gap | None = None
    left: float | None = None
    kind: Kind = IMAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class NoDifference:
    """No difference of any student is shown."""

    kind: Kind = IMAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFewSeeds:
    seeds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is left of a network; ``gap`` against its control where that is shown."""

    name: str
    accuracy: Estimate
    is_teacher: bool = False
    gap: Gap | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attacked:
    """``eps`` of 255, or of recordings in standard deviations of a feature."""

    attack: str
    eps: float
    left: tuple[Left, ...]
    kind: Kind = IMAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmoved:
    """Examples on which an attack found no direction."""

    attack: str
    network: str
    unmoved: int
    images: int
    kind: Kind = IMAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingSeverity:
    """The highest severity is not tested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """A student's calibration error against that of its control; less is better."""

    student: str
    gap: Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """How verdicts were come by: paired t-tests, or (``enough`` false) none for want of seeds."""

    enough: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapted:
    """A student before and after adapting; ``place`` None: on clean examples."""

    place: str | None
    student: str
    before: Estimate
    after: Estimate
    gap: Gap
    kind: Kind = IMAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstControlRun:
    """The control run in the same place, and what the adapted student has against it."""

    accuracy: Estimate
    gap: Gap
    kind: Kind = IMAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlRunMissing:
    """There is none, or (``asked``) it was not finished."""

    asked: bool
    kind: Kind = IMAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherHas:
    """What the teacher has on clean examples (place None) and elsewhere."""

    places: tuple[tuple[str | None, Estimate], ...]
    kind: Kind = IMAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class StillRight:
    """Of one example: how many ``corruptions`` leave the answer of each network right."""

    corruptions: int
    right: tuple[tuple[str, int], ...]
