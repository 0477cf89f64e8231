"""What several subjects tell: estimates, differences from a control, latencies and whether they can be compared."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from distill_core.decimals import difference_digits
from distill_core.evaluation.statistics import Difference
from distill_core.said import Said
from ui.text import words

__all__ = ["Estimate", "Fact", "Gap", "Latency", "Paragraph", "WhyApart", "gap", "known", "told_once"]

# A fact is any frozen dataclass of this folder that ``sentences.say`` tells; a paragraph tells some in their order.
Fact = Any
Paragraph = tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean and the half width of its 95 % interval, in the unit of the mean; None without an interval."""

    mean: float
    half_width: float | None = None

    @classmethod
    def of(cls, mean: float, half_width: float | None) -> "Estimate":
        """From a row of a table, where no interval is not a number."""
        return cls(mean=float(mean), half_width=known(half_width))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A difference in percentage points, with the decimal places that it is shown with; ``verdict`` as
    ``evaluation.statistics`` gives it, None where it is of one seed."""

    points: Estimate
    digits: int = 1
    verdict: str | None = None

    @classmethod
    def between(
        cls, found: Difference, verdict: str | None = None, *, of: float | None = None, against: float | None = None
    ) -> "Gap":
        """A difference of shares (0 to 1): of those two, where both are shown beside it."""
        half = None if found.half_width is None else 100 * found.half_width
        digits = difference_digits(100 * found.mean, of, against)
        return cls(points=Estimate(mean=100 * found.mean, half_width=half), digits=digits, verdict=verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """A median in milliseconds, and whether something else used the machine meanwhile."""

    p50_ms: float
    disturbed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyApart:
    """Why some measurements are not compared: ``disturbed`` of ``measurements`` were disturbed, by ``causes``; 0 of
    them where they were not taken in one round."""

    disturbed: int
    measurements: int
    causes: tuple[str, ...] = ()


def told_once(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts with each kind of cause in the first ``WhyApart`` that has it alone: where many measurements were
    disturbed, it was by the same."""
    said: set[str] = set()
    return tuple(_without(fact, said) for fact in facts)


def _without(fact: Fact, said: set[str]) -> Fact:
    """The fact without the kinds of causes that were ``said``, which it adds its own to."""
    if isinstance(fact, WhyApart):
        kinds = {cause: _kind(cause) for cause in fact.causes}
        fact = replace(fact, causes=tuple(cause for cause, kind in kinds.items() if kind not in said))
        said.update(kinds.values())
        return fact
    parts = {part.name: getattr(fact, part.name) for part in fields(fact)}
    return replace(fact, **{name: _without(part, said) for name, part in parts.items() if is_dataclass(part)})


def _kind(cause: str) -> str:
    """What it says without its numbers; in rows from before the texts of causes alone are stored."""
    return re.sub(r"\{[^}]*\}|[\d.,]+", "", cause.template if isinstance(cause, Said) else cause)


def known(value: Any) -> Any:
    """The value of a table; None for what is missing there."""
    return None if value is None or value != value or value == "" else value


def gap(row: Mapping[str, Any]) -> Gap | None:
    """What a row of ``Reports.summary`` or ``Reports.against`` has against its control; None without a difference."""
    points = known(row.get("delta_points"))
    if points is None:
        return None
    return Gap(
        points=Estimate.of(points, row.get("delta_half_width_points")),
        digits=words.delta_digits(row),
        verdict=None if row.get("verdict_seeds") == 1 else known(row.get("direction")),
    )
