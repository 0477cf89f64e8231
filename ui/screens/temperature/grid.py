"""A grid as it stands: cells that are finished, that train, or that wait, and what may be said once all are there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from distill_core.errors import InvalidSetting
from distill_core.evaluation.statistics import Interval, interval
from distill_core.events import Event, RunFailed, ValidPoint
from distill_core.lab import Lab
from distill_core.reports.experiment_report import ExperimentReport
from distill_core.reports.grid_cells import GridCell, Judgement, Metric, cells_of_grid, judge
from distill_core.reports.results import ACCURACY
from distill_core.reports.summary import by_seed
from distill_core.reports.sweeps import Sweep
from distill_core.store import OPEN_STATES
from distill_core.templates.grid import Grid
from ui.text import words
from ui.text.language import N_, Texts, _

__all__ = ["METRIC_TITLES", "METRIC_WORDS", "CellView", "View", "view"]

# Options as the address holds them.
METRIC_WORDS = {"accuracy": "valid_accuracy", "agreement": "agreement", "ECE": "ece", "NLL": "nll_nats"}
METRIC_TITLES = Texts({"accuracy": N_("accuracy"), "agreement": N_("agreement"), "ECE": N_("ECE"), "NLL": N_("NLL")})


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """One cell on the screen. ``value`` is None while nothing is known; ``done`` counts finished seeds.

    ``training``: the value is that of the last look, while it trains. ``message`` tells why a seed failed, if one did.
    ``best`` and ``apart`` (surely behind the best) are None before the whole grid is there.
    """

    temperature: float
    alpha: float
    value: float | None
    half_width: float | None
    done: int
    training: bool
    message: str | None
    best: bool | None
    apart: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A grid with its cells, alpha by alpha; ``control`` is the interval over seeds of the control, some of which may
    be in training still."""

    study: Sweep
    grid: Grid
    metric: Metric
    cells: tuple[CellView, ...]
    control: Interval | None
    control_training: bool
    judgement: Judgement | None
    found: tuple[GridCell, ...]

    @property
    def open(self) -> bool:
        """Whether its job still waits or trains: what is missing may come."""
        return self.study.state in OPEN_STATES

    @property
    def failed(self) -> int:
        """Cells of which a seed failed."""
        return sum(cell.message is not None for cell in self.cells)

    @property
    def finished(self) -> int:
        """Runs of cells that are finished."""
        return sum(cell.done for cell in self.cells)

    @property
    def runs(self) -> int:
        return len(self.cells) * len(self.grid.seeds)

    @property
    def title(self) -> str:
        """What the metric is called, in the words of the task."""
        if self.metric.column == "valid_accuracy" and self.metric.of != ACCURACY:
            return _("validation {metric}", metric=words.metric(self.metric.of))
        return _(self.metric.title)

    def write(self, value: float | None, half_width: float | None = None) -> str:
        """A value of the metric with its unit."""
        if self.metric.share:
            return words.percent(value, half_width)
        return words.interval(value, half_width, unit="nats", digits=3)

    def cell(self, temperature: float, alpha: float) -> GridCell | None:
        """The finished cell at exactly this place, or None."""
        return next((cell for cell in self.found if (cell.temperature, cell.alpha) == (temperature, alpha)), None)


def view(lab: Lab, study: Sweep, sheet: ExperimentReport, metric: Metric, events: Sequence[Event] = ()) -> View:
    """What is known of a grid: finished runs from the sheet, those in training from the events of its job."""
    grid = study.grid
    if grid is None:
        raise InvalidSetting("study", expected="a grid of T and alpha", got=study.title, hint="choose a grid")
    found = cells_of_grid(sheet.results, metric)
    name = study.experiment.task
    listed = next((task for task in lab.catalog.tasks() if task.name == name), None)
    task = listed or lab.tasks.get(name)  # own data may have been removed
    images = task.counts.valid if metric.split == "validation" else task.counts.test
    judgement = judge(found, grid, metric, images=images)
    live = _live(events) if metric.column == "valid_accuracy" else {}
    students = [student for student in study.experiment.students if student.role == "student"]
    names = {(student.temperature, student.alpha): student.name for student in students}
    finished = {(cell.temperature, cell.alpha): cell for cell in found}
    failures = _failures(sheet.results)
    seen = [
        _cell(
            (T, alpha),
            finished.get((T, alpha)),
            live.get(names.get((T, alpha), ""), {}),
            failures.get((T, alpha)),
            judgement,
        )
        for alpha in grid.alphas
        for T in grid.temperatures
    ]
    control, control_training = _control(sheet.results, study, live, metric)
    return View(
        study=study,
        grid=grid,
        metric=metric,
        cells=tuple(seen),
        control=control,
        control_training=control_training,
        judgement=judgement,
        found=found,
    )


def _live(events: Sequence[Event]) -> dict[str, dict[int, float]]:
    """By student and seed: the accuracy at the last look, but not of runs that failed since."""
    found: dict[str, dict[int, float]] = {}
    for event in events:
        if isinstance(event, ValidPoint | RunFailed):
            student, _, seed = event.run.rpartition("/")
            looks = found.setdefault(student, {})
            if isinstance(event, ValidPoint):
                looks[int(seed)] = event.score
            else:
                looks.pop(int(seed), None)
    return found


def _failures(results: pd.DataFrame) -> dict[tuple[float, float], str]:
    rows = results[(results["role"] == "student") & (results["state"] == "failed")]
    return {(row["temperature"], row["alpha"]): row["message"] or "" for row in rows.to_dict("records")}


def _cell(
    place: tuple[float, float],
    cell: GridCell | None,
    live: Mapping[int, float],
    message: str | None,
    judgement: Judgement | None,
) -> CellView:
    known = {**live, **(cell.by_seed if cell else {})}
    mean = interval(list(known.values())) if known else None
    done = len(cell.by_seed) if cell else 0
    best = apart = None
    if judgement:
        index = next(i for i, cell in enumerate(judgement.cells) if (cell.temperature, cell.alpha) == place)
        best, apart = index == judgement.standing.best, judgement.standing.apart_K[index]
    return CellView(
        temperature=place[0],
        alpha=place[1],
        value=mean.mean if mean else None,
        half_width=mean.half_width if mean else None,
        done=done,
        training=len(known) > done,
        message=message,
        best=best,
        apart=apart,
    )


def _control(
    results: pd.DataFrame, study: Sweep, live: Mapping[str, Mapping[int, float]], metric: Metric
) -> tuple[Interval | None, bool]:
    rows = results[(results["role"] == "control") & (results["state"] == "finished")]
    names = [student.name for student in study.experiment.students if student.role == "control"]
    done = by_seed(rows, metric.column)
    known = {seed: value for name in names for seed, value in live.get(name, {}).items()} | done
    return interval(list(known.values())) if known else None, len(known) > len(done)
