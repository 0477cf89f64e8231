"""What a device allows: at most so many bytes, at most so many milliseconds, at least such a score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from distill_core.decimals import fixed
from ui.charts import COSTS, Cost
from ui.text import taken, words

__all__ = ["KEYS", "Bounds", "Limit", "ask", "left", "reset", "sentences", "show", "within"]

KEYS = ("most_kb", "most_ms", "least_score")
SIZES, LATENCIES = ("onnx_bytes", "size_bytes"), "ms"
SCORE, HALF = "test_accuracy", "test_accuracy_half_width"
FEW = 3
# By whether the size of its file is known, and its latency.
BEST = {
    (True, True): "Within these limits **{name}** has the highest {metric}: **{score}**, with a file of {size} and a "
    "latency of {latency}.",
    (True, False): "Within these limits **{name}** has the highest {metric}: **{score}**, with a file of {size}.",
    (False, True): "Within these limits **{name}** has the highest {metric}: **{score}**, with a latency of {latency}.",
    (False, False): "Within these limits **{name}** has the highest {metric}: **{score}**.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The most that a network may cost, in bytes or milliseconds."""

    cost: Cost
    most: float

    def text(self, value: float) -> str:
        """A value beside this limit: with more digits where both would read alike."""
        text = self.cost.write(value)
        if value != self.most and text == self.cost.write(self.most):
            return f"{fixed(self.cost.factor * value, 3)} {self.cost.unit}"
        return text


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
        return next((limit.most for limit in self.limits if limit.cost.column == column), None)


def ask(places: Sequence[DeltaGenerator], cost: Cost, metric: str) -> Bounds:
    """Draw the three fields in these places. ``cost`` is that of the chart: its file or its latency is what is limited,
    else the ONNX file and the server's median."""
    size = cost if cost.column in SIZES else COSTS["onnx_bytes"]
    latency = cost if cost.unit == LATENCIES else COSTS["p50_ms"]
    said = words.plain(latency.said)
    kilobytes = _field(places[0], "File, at most (kB)", KEYS[0], 10.0, None, f"The limit is on the {size.said}.")
    milliseconds = _field(places[1], "Latency, at most (ms)", KEYS[1], 0.1, None, f"The limit is on the {said}.")
    label = words.scored("Accuracy, at least (%)", metric)
    percent = _field(places[2], label, KEYS[2], 1.0, 100.0, words.scored("Of the mean test accuracy.", metric))
    asked = ((size, kilobytes), (latency, milliseconds))
    return Bounds(
        limits=tuple(Limit(cost=of, most=round(value / of.factor, 6)) for of, value in asked if value is not None),
        least=None if percent is None else percent / 100,
        metric=metric,
    )


def show(rows: pd.DataFrame, bounds: Bounds) -> None:
    """Say which network is the best one that is left, and what is left out; nothing where there are no limits."""
    if not bounds:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(words.firm(" ".join(sentences(rows, bounds))))
        st.button(
            "Take the limits away", icon=":material/filter_alt_off:", key="no_limits", type="tertiary", on_click=reset
        )


def within(rows: pd.DataFrame, costed: pd.DataFrame, bounds: Bounds) -> pd.DataFrame:
    """The rows of the networks that are left; all of them where none is. ``costed`` has the columns of the limits."""
    if not bounds:
        return rows
    names = left(costed, bounds)["student"]
    return rows[rows["student"].isin(names)] if len(names) else rows


def reset() -> None:
    """Take all limits away; for a button's callback."""
    for key in KEYS:
        st.session_state[key] = None


def left(rows: pd.DataFrame, bounds: Bounds) -> pd.DataFrame:
    """The networks that are known to keep within the limits."""
    for limit in bounds.limits:
        rows = rows[rows[limit.cost.column] <= limit.most]
    return rows if bounds.least is None else rows[rows[SCORE] >= bounds.least]


def sentences(rows: pd.DataFrame, bounds: Bounds) -> tuple[str, ...]:
    """The best network within the limits, what each limit leaves out, and where nothing is left what comes nearest.

    ``rows`` are the networks that have a score, with the columns of the limits.
    """
    within = left(rows, bounds).sort_values(SCORE, ascending=False)
    lines = _best(within, bounds) if len(within) else _nothing(rows, bounds)
    return (*lines, *(line for line in _out(rows, bounds) if line))


def _best(within: pd.DataFrame, bounds: Bounds) -> tuple[str, ...]:
    best, *others = within.to_dict("records")
    limited = {limit.cost.column: limit.cost for limit in bounds.limits}
    size = next((cost for column, cost in limited.items() if column in SIZES), COSTS["onnx_bytes"])
    latency = next((cost for cost in limited.values() if cost.unit == LATENCIES), COSTS["p50_ms"])
    there = tuple(not pd.isna(best.get(cost.column)) for cost in (size, latency))
    line = BEST[there].format(
        name=words.plain(best["student"]),
        metric=bounds.metric.replace("_", " "),
        score=words.percent(best[SCORE], best[HALF]),
        size=_cost(best, size) if there[0] else "",
        latency=_cost(best, latency) if there[1] else "",
    )
    return line, *_near(best, others)


def _cost(row: dict[Any, Any], cost: Cost) -> str:
    text = cost.write(row[cost.column])
    return f"{taken.MARK} {text}" if cost.taken and taken.is_disturbed(row.get(cost.taken)) else text


def _near(best: dict[Any, Any], others: Sequence[dict[Any, Any]]) -> tuple[str, ...]:
    """Whose interval overlaps that of the best."""
    if pd.isna(best[HALF]):
        return ()
    low = best[SCORE] - best[HALF]
    near = [one["student"] for one in others if not pd.isna(one[HALF]) and one[SCORE] + one[HALF] >= low]
    if not near:
        return ()
    if len(near) == 1:
        return (f"Its interval overlaps with that of {words.plain(near[0])}.",)
    return (f"Its interval overlaps with those of {words.join(_few(list(map(words.plain, near))))}.",)


def _nothing(rows: pd.DataFrame, bounds: Bounds) -> tuple[str, ...]:
    lines = ["**No network keeps within these limits.**"]
    for limit in bounds.limits:
        known = rows[rows[limit.cost.column].notna()].sort_values(limit.cost.column)
        if len(known) and known[limit.cost.column].iloc[0] > limit.most:
            least = known.to_dict("records")[0]
            name, text = words.plain(least["student"]), limit.text(least[limit.cost.column])
            lines.append(f"The lowest {words.plain(limit.cost.said)} is that of {name}: {text}.")
    if bounds.least is not None and len(rows) and rows[SCORE].max() < bounds.least:
        best = rows.sort_values(SCORE).to_dict("records")[-1]
        metric, name = bounds.metric.replace("_", " "), words.plain(best["student"])
        lines.append(f"The highest {metric} is that of {name}: {words.percent(best[SCORE], best[HALF])}.")
    return tuple(lines)


def _out(rows: pd.DataFrame, bounds: Bounds) -> list[str]:
    """What each limit leaves out, and what is not known to keep within it."""
    lines = []
    for limit in bounds.limits:
        column, said = limit.cost.column, words.plain(limit.cost.said)
        over = rows[rows[column] > limit.most].sort_values(column)
        pairs = zip(over["student"], over[column], strict=True)
        each = [f"{words.plain(name)} ({limit.text(value)})" for name, value in pairs]
        text = limit.cost.write(limit.most)
        lines.append(f"The limit of {text} on the {said} leaves out {words.join(_few(each))}." if each else "")
        unknown = [words.plain(name) for name in rows[rows[column].isna()]["student"]]
        lines.append(f"The {said} was not measured of {words.join(_few(unknown))}." if unknown else "")
    if bounds.least is not None:
        under = rows[rows[SCORE] < bounds.least].sort_values(SCORE, ascending=False)
        pairs = zip(under["student"], under[SCORE], strict=True)
        each = [f"{words.plain(name)} ({words.percent(score)})" for name, score in pairs]
        metric = bounds.metric.replace("_", " ")
        text = f"The limit of at least {fixed(100 * bounds.least, 1)} % {metric} leaves out {words.join(_few(each))}."
        lines.append(text if each else "")
    return lines


def _few(each: Sequence[str]) -> list[str]:
    return list(each) if len(each) <= FEW + 1 else [*each[:FEW], f"{len(each) - FEW} more"]


def _field(place: DeltaGenerator, label: str, key: str, step: float, high: float | None, help: str) -> float | None:
    return place.number_input(
        label, 0.0, high, None, step, format="%g", key=key, bind="query-params", placeholder="any", help=help
    )
