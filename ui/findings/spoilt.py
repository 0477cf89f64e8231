"""What a graph of which facts are missing or wrong makes of the networks that learn from it."""

from dataclasses import dataclass
from typing import Literal

from ui.findings.facts import Estimate, Gap

__all__ = ["Kept", "Lost", "Spoilt", "Whole"]

Spoilt = Literal["missing", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What the control has where ``of_100`` of a hundred facts are ``spoilt``, and how many points less than on
    ``against``, its score where fewest are."""

    spoilt: Spoilt
    of_100: int
    score: Estimate
    against: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a student that is distilled has there, with its gap to that control."""

    student: str
    score: Estimate
    gap: Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What a student gains over its control where no fact is missing."""

    student: str
    gap: Gap
