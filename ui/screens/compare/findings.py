"""What the chart shows, and the grey line under it."""

import math

import pandas as pd

from distill_core.reports.results import metric_of
from distill_core.tasks.base import Kind
from ui.charts import Cost
from ui.charts.axes import cost_of
from ui.findings import front
from ui.findings.sentences import paragraphs
from ui.text import story, words
from ui.text.language import _, by_kind

__all__ = ["fine_print", "sentences"]


def sentences(rows: pd.DataFrame, cost: str | Cost, kind: Kind) -> tuple[str, ...]:
    """What labels give, what distilling adds, who is on the front for this cost, who loses, what has no interval.

    ``rows`` is the lab's summary with ``on_front`` and ``near_front`` for this cost.
    """
    cost = cost_of(cost)
    return paragraphs(front.found(rows, kind, cost.column, cost.taken))


def fine_print(rows: pd.DataFrame, results: pd.DataFrame, kind: Kind, device: str | None = None) -> str:
    """The grey line: seeds, which update, test set and its own sampling, device, threads and versions.

    ``device``: in whose browser the latency of the chart was measured, where it is not the server's.
    """
    line = story.fine_print(rows, results, kind)
    if device:
        device = words.plain(device)
        line = _("latency in the chart: {device}, in the browser; the rest: {line}", device=device, line=line)
    tested = pd.to_numeric(rows.get("test_images", pd.Series(dtype=float))).dropna()
    if tested.empty or metric_of(rows) != "accuracy":
        return line
    count = int(tested.iloc[0])
    accuracy = float(rows["test_accuracy"].median())
    sampling = 100 * 1.96 * math.sqrt(max(accuracy * (1 - accuracy), 0.0) / count)
    return by_kind(
        kind,
        "{line} · other test {examples} would move an accuracy by about ± {sampling} percentage points",
        line=line,
        sampling=words.number(sampling, 1),
    )
