"""What limits on cost and score leave of a comparison: the best network that is left, what each limit leaves out, and
where nothing is left what comes nearest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ui.findings import taken
from ui.findings.facts import Estimate, Fact, Latency, Paragraph, known

__all__ = ["Best", "Bounds", "Highest", "LeftOut", "Limit", "Lowest", "Nothing", "Overlaps", "TooLow", "Unmeasured"]
__all__ += ["found", "left"]

SCORE, HALF = "test_accuracy", "test_accuracy_half_width"
SIZE, LATENCY = "onnx_bytes", "p50_ms"
MOST_NAMED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most that a network may cost, in the unit of the ``column`` (bytes or ms); ``taken`` is the column that tells
    what disturbed it."""

    column: str
    most: float
    taken: str = ""

    @property
    def of_latency(self) -> bool:
        return self.column.endswith("_ms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """``limits`` on costs, and the ``least`` score (0 to 1; None: any); ``metric`` is what scores are in."""

    limits: tuple[Limit, ...] = ()
    least: float | None = None
    metric: str = "accuracy"

    def __bool__(self) -> bool:
        return bool(self.limits) or self.least is not None

    def most(self, column: str) -> float | None:
        """The limit on this column."""
        return next((limit.most for limit in self.limits if limit.column == column), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The network with the highest score of those that are left; its costs where they are known."""

    name: str
    score: Estimate
    metric: str
    size_bytes: float | None = None
    latency: Latency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaps:
    """Networks that are left and whose interval overlaps that of the best; ``more`` are only counted."""

    names: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """No network is known to keep within the limits. ``open_names`` lack a measurement, and are over no limit; ``more``
    are only counted."""

    open_names: tuple[str, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lowest:
    """The network that comes nearest to a limit that none keeps."""

    name: str
    value: float
    limit: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Highest:
    """The network that comes nearest to a score that none reaches."""

    name: str
    score: Estimate
    metric: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """The networks over a limit, with their cost; ``more`` are only counted."""

    limit: Limit
    networks: tuple[tuple[str, float], ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLow:
    """The networks under the least score, with theirs; ``more`` are only counted."""

    least: float
    metric: str
    networks: tuple[tuple[str, float], ...]
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmeasured:
    """Networks that are not known to keep within a limit; ``more`` are only counted."""

    limit: Limit
    names: tuple[str, ...]
    more: int = 0


def left(rows: pd.DataFrame, bounds: Bounds) -> pd.DataFrame:
    """The networks that are known to keep within the limits."""
    for limit in bounds.limits:
        rows = rows[rows[limit.column] <= limit.most]
    return rows if bounds.least is None else rows[rows[SCORE] >= bounds.least]


def found(rows: pd.DataFrame, bounds: Bounds) -> Paragraph:
    """``rows`` are the networks that have a score, with the columns of the limits."""
    within = left(rows, bounds).sort_values(SCORE, ascending=False).to_dict("records")
    first = _best(within, bounds) if within else _nearest(rows, bounds)
    over = (fact for limit in bounds.limits for fact in _over(rows, limit))
    return (*first, *over, *_under(rows, bounds))


def _best(within: Sequence[dict[Any, Any]], bounds: Bounds) -> Paragraph:
    best, *others = within
    sizes = [limit.column for limit in bounds.limits if not limit.of_latency]
    times = [(limit.column, limit.taken) for limit in bounds.limits if limit.of_latency]
    column, told = next(iter(times), (LATENCY, taken.DISTURBED))
    value = known(best.get(column))
    fact = Best(
        name=best["student"],
        score=Estimate.of(best[SCORE], best[HALF]),
        metric=bounds.metric,
        size_bytes=known(best.get(next(iter(sizes), SIZE))),
        latency=None if value is None else Latency(p50_ms=value, disturbed=taken.is_disturbed(best.get(told))),
    )
    if fact.score.half_width is None:
        return (fact,)
    low = fact.score.mean - fact.score.half_width
    near = [one["student"] for one in others if known(one[HALF]) is not None and one[SCORE] + one[HALF] >= low]
    return (fact, Overlaps(names=tuple(_few(near)), more=_more(near))) if near else (fact,)


def _nearest(rows: pd.DataFrame, bounds: Bounds) -> Paragraph:
    undecided = _undecided(rows, bounds)
    facts: list[Fact] = [Nothing(open_names=tuple(_few(undecided)), more=_more(undecided))]
    for limit in bounds.limits:
        measured = rows[rows[limit.column].notna()].sort_values(limit.column)
        if len(measured) and measured[limit.column].iloc[0] > limit.most:
            least = measured.iloc[0]
            facts.append(Lowest(name=least["student"], value=float(least[limit.column]), limit=limit))
    if bounds.least is not None and len(rows) and rows[SCORE].max() < bounds.least:
        best = rows.sort_values(SCORE).iloc[-1]
        score = Estimate.of(best[SCORE], best[HALF])
        facts.append(Highest(name=best["student"], score=score, metric=bounds.metric))
    return tuple(facts)


def _undecided(rows: pd.DataFrame, bounds: Bounds) -> list[str]:
    """The networks that no known cost and score leaves out."""
    for limit in bounds.limits:
        rows = rows[rows[limit.column].isna() | (rows[limit.column] <= limit.most)]
    return list((rows if bounds.least is None else rows[rows[SCORE] >= bounds.least])["student"])


def _over(rows: pd.DataFrame, limit: Limit) -> Paragraph:
    over = rows[rows[limit.column] > limit.most].sort_values(limit.column)
    pairs = [(name, float(value)) for name, value in zip(over["student"], over[limit.column], strict=True)]
    unknown = list(rows[rows[limit.column].isna()]["student"])
    facts: list[Fact] = [LeftOut(limit=limit, networks=tuple(_few(pairs)), more=_more(pairs))] if pairs else []
    facts += [Unmeasured(limit=limit, names=tuple(_few(unknown)), more=_more(unknown))] if unknown else []
    return tuple(facts)


def _under(rows: pd.DataFrame, bounds: Bounds) -> Paragraph:
    if bounds.least is None:
        return ()
    under = rows[rows[SCORE] < bounds.least].sort_values(SCORE, ascending=False)
    pairs = [(name, float(score)) for name, score in zip(under["student"], under[SCORE], strict=True)]
    if not pairs:
        return ()
    return (TooLow(least=bounds.least, metric=bounds.metric, networks=tuple(_few(pairs)), more=_more(pairs)),)


def _few(them: Sequence[Any]) -> Sequence[Any]:
    """All of them, or one fewer than there is room for, since the others are counted there."""
    return them if len(them) <= MOST_NAMED else them[: MOST_NAMED - 1]


def _more(them: Sequence[Any]) -> int:
    return len(them) - len(_few(them))
