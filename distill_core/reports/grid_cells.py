"""The cells of a grid of temperatures and alphas: means over seeds, comparison with the best, and effects.

T temperatures, A alphas, S seeds, K cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from distill_core.evaluation.anova import BestComparison, Effects, compare_with_best, effects
from distill_core.evaluation.statistics import Interval, interval
from distill_core.lazy_torch import pd
from distill_core.reports.results import ACCURACY, metric_of
from distill_core.reports.summary import by_seed
from distill_core.templates.grid import Grid


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """A column of the results that colours a grid; ``share``: its values are 0 to 1. ``of``: the task's own metric,
    which "accuracy" in the name of a column stands for."""

    column: str
    title: str
    higher_is_better: bool
    share: bool
    split: str
    of: str = ACCURACY


METRICS = {
    metric.column: metric
    for metric in (
        Metric(
            column="valid_accuracy", title="validation accuracy", higher_is_better=True, share=True, split="validation"
        ),
        Metric(column="agreement", title="agreement with the teacher", higher_is_better=True, share=True, split="test"),
        Metric(column="ece", title="calibration error", higher_is_better=False, share=True, split="test"),
        Metric(column="nll_nats", title="negative log-likelihood", higher_is_better=False, share=False, split="test"),
    )
}


def metric_of_grid(column: str, results: pd.DataFrame) -> Metric:
    """The metric of a column, in the words of the task that the results are of."""
    return replace(METRICS[column], of=metric_of(results))


@dataclass(frozen=True, kw_only=True, slots=True)
class GridCell:
    """A temperature and an alpha. ``by_seed``: the values of finished runs; ``runs``: their ids, in the same order."""

    temperature: float
    alpha: float
    student: str
    by_seed: dict[int, float]
    runs: tuple[str, ...]

    @property
    def mean(self) -> Interval | None:
        """Mean and 95 % interval over seeds, None before the first run is finished."""
        return interval(list(self.by_seed.values())) if self.by_seed else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """The statistics of a whole grid. ``cells`` are in the order of ``standing``."""

    cells: tuple[GridCell, ...]
    standing: BestComparison
    effects: Effects


def cells_of_grid(results: pd.DataFrame, metric: Metric) -> tuple[GridCell, ...]:
    """All cells that have a student in the results, alpha by alpha, temperature by temperature."""
    students = results[(results["role"] == "student") & (results["state"] == "finished")]
    cells = []
    for _, rows in students.sort_values("seed").groupby(["alpha", "temperature"]):
        cells.append(
            GridCell(
                temperature=float(rows["temperature"].iloc[0]),
                alpha=float(rows["alpha"].iloc[0]),
                student=str(rows["student"].iloc[0]),
                by_seed=by_seed(rows, metric.column),
                runs=tuple(rows["run_id"]),
            )
        )
    return tuple(cells)


def judge(cells: Sequence[GridCell], grid: Grid, metric: Metric, *, images: int | None) -> Judgement | None:
    """The statistics of a whole grid, None while a cell or a seed is missing.

    ``images``: the number of images behind the metric; under three seeds the margin follows from it, where each is
    right or wrong.
    """
    whole = len(cells) == len(grid.temperatures) * len(grid.alphas)
    if not whole or any(set(cell.by_seed) != set(grid.seeds) for cell in cells):
        return None
    values_KS = np.array([[cell.by_seed[seed] for seed in grid.seeds] for cell in cells])
    is_counted = metric.of == ACCURACY and metric.column in ("valid_accuracy", "agreement")
    counted = images if is_counted else None
    standing = compare_with_best(values_KS, higher_is_better=metric.higher_is_better, images=counted)
    values_ATS = values_KS.reshape(len(grid.alphas), len(grid.temperatures), len(grid.seeds))
    return Judgement(cells=tuple(cells), standing=standing, effects=effects(values_ATS.swapaxes(0, 1)))
