"""What the chart shows, in sentences computed from its numbers."""

import math

import pandas as pd

from distill_core.decimals import fixed
from distill_core.reports.results import metric_of
from ui.charts import Cost
from ui.charts.axes import cost_of
from ui.text import story, taken, words

__all__ = ["fine_print", "sentences"]

SEEDS = 3


def sentences(rows: pd.DataFrame, cost: str | Cost) -> tuple[str, ...]:
    """What labels give, what distilling adds, who is on the front for this cost, who loses, what has no interval.

    ``rows`` is the lab's summary with ``on_front`` and ``near_front`` for this cost.
    """
    cost = cost_of(cost)
    shown = (_front(rows, cost), taken.caveat(rows, cost.taken) if cost.taken else "", _near(rows))
    lines = (*story.sentences(_told(rows))[:2], *shown, _losers(rows), _bare(rows))
    return tuple(sentence for sentence in lines if sentence)


def fine_print(rows: pd.DataFrame, results: pd.DataFrame, device: str | None = None) -> str:
    """The grey line: seeds, which update, test images and their own sampling, device, threads and versions.

    ``device``: in whose browser the latency of the chart was measured, where it is not the server's.
    """
    line = story.fine_print(rows, results)
    line = f"latency in the chart: {words.plain(device)}, in the browser; the rest: {line}" if device else line
    images = pd.to_numeric(rows.get("test_images", pd.Series(dtype=float))).dropna()
    if images.empty or metric_of(rows) != "accuracy":
        return line
    count = int(images.iloc[0])
    accuracy = float(rows["test_accuracy"].median())
    sampling = 100 * 1.96 * math.sqrt(max(accuracy * (1 - accuracy), 0.0) / count)
    return f"{line} · other test images would move an accuracy by about ± {fixed(sampling, 1)} percentage points"


def _bare(rows: pd.DataFrame) -> str:
    """Who has no interval, and what that means; empty where all have one."""
    few = rows[(rows["role"] != "teacher") & (rows["seeds"] < SEEDS)]
    if few.empty:
        return ""
    every = len(few) == (rows["role"] != "teacher").sum()
    which = "There are no intervals here" if every else f"{words.plural(len(few), 'network')} here without an interval"
    return f"{which}: that needs three seeds, and another seed may turn the order round."


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """The best student, its control, who shares that control, and the teachers: the first sentences compare these."""
    students = rows[rows["role"] == "student"].sort_values("test_accuracy", ascending=False)
    if students.empty:
        return rows
    best = students.iloc[0]
    beside = (rows["student"] == best["control"]) | (rows["control"] == best["control"])
    return rows[(rows["student"] == best["student"]) | beside | (rows["role"] == "teacher")]


def _front(rows: pd.DataFrame, cost: Cost) -> str:
    front = rows[rows["on_front"]].sort_values(cost.column)
    each = [
        f"{words.plain(row['student'])} ({_marked(row, cost)}, {words.percent(row['test_accuracy'])})"
        for row in front.to_dict("records")
    ]
    if not each:
        return ""
    few = each if len(each) <= 4 else [*each[:3], f"{len(each) - 3} more"]
    verb = "is" if len(each) == 1 else "are"
    more = words.scored("accuracy", metric_of(rows))
    return f"On the Pareto front {verb} {words.join(few)}: no network is both cheaper and better in {more}."


def _marked(row: dict, cost: Cost) -> str:
    text = cost.write(row[cost.column])
    return f"{taken.MARK} {text}" if cost.taken and taken.is_disturbed(row.get(cost.taken)) else text


def _near(rows: pd.DataFrame) -> str:
    near = [words.plain(name) for name in rows[rows["near_front"]]["student"]]
    if not near:
        return ""
    few = near if len(near) <= 3 else [*near[:2], f"{len(near) - 2} more"]
    reach = "The interval of" if len(near) == 1 else "The intervals of"
    return (
        f"{reach} {words.join(few)} {'reaches' if len(near) == 1 else 'reach'} the Pareto front: not significant with "
        "these seeds."
    )


def _losers(rows: pd.DataFrame) -> str:
    worse = rows[rows["direction"] == "worse"]
    each = [f"{words.plain(row['student'])} ({words.delta(row)} {words.PP})" for row in worse.to_dict("records")]
    if not each:
        return ""
    return f"Not every student gains: {words.join(each)} {'is' if len(each) == 1 else 'are'} worse than labels alone."
