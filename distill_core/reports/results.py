"""Tables of stored runs: a row for each run, and curves in long form."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from distill_core.deployment.model_file import known_graph, model_file_of
from distill_core.deployment.rounds import LatencyRounds
from distill_core.errors import CorruptFile
from distill_core.events import INSIGHT, VALID
from distill_core.lazy_torch import pd
from distill_core.machine import device_name
from distill_core.methods import METHODS, loss_units
from distill_core.reports.agreement import agreements
from distill_core.reports.texts import table_of
from distill_core.reports.timings import fastest
from distill_core.store import LinkedRun, Measurement, RunRecord, Store, file_problem

RECORD = [
    *["task", "architecture", "width", "stem_stride", "method", "temperature", "alpha", "seed", "labels", "transfer"],
    "missing_class",
    *["state", "message", "updates", "seconds"],
]
SCORES = [
    *["valid_accuracy", "test_accuracy", "macro_precision", "macro_recall", "macro_f1", "ece", "nll_nats", "agreement"],
    *["parameters", "macs", "size_bytes", "onnx_bytes", "zipped_bytes"],
]
# The share of right positions, beside another metric: of scenes pixel accuracy.
RIGHT_POSITIONS = "right_positions"
# Of a compression chain; None for a network that started from random weights.
STEPS = {"step": str, "step_notes": dict, "form": str, "trainings": int}
LATENCY = ["p50_ms", "p90_ms", "p95_ms", "p99_ms"]
# Of the measurement: what disturbed it (empty: nothing, None: not checked), and its round.
TAKEN = ["disturbed", "round_id"]
# Numbers that may be missing: as floats, so that a missing number is NaN.
NUMBERS = [*SCORES, RIGHT_POSITIONS, *LATENCY, "temperature", "alpha", "labels"]
RESULT_COLUMNS = [
    *["job_id", "run_id", "student", "role", "taught_by"],
    *RECORD,
    *SCORES,
    RIGHT_POSITIONS,
    *LATENCY,
    *TAKEN,
    *STEPS,
    "file",
    *["per_class_recall", "unseen", "test_images", "parameters_of_method", "environment", "metric"],
]

CURVE_COLUMNS = ["run_id", "student", "seed", "update", "kind", "value", "unit"]


ACCURACY = "accuracy"
# The curve of validation scores, and all curves that are not losses.
VALID_SCORE = "valid_accuracy"
NO_LOSS = {VALID_SCORE}


def results_table(
    store: Store, job_ids: Sequence[str] | None, device_key: str | None = None, *, agreement: bool = True
) -> pd.DataFrame:
    """A row for each run of each job, teacher first. ``test_accuracy`` and ``valid_accuracy`` are scores by the task's
    own metric, which ``metric`` names: "accuracy" unless the task has another. Latency is at batch 1 on one thread of
    this server, where possible from one undisturbed round for the whole job; with ``device_key`` on the fastest backend
    of that device."""
    linked = store.runs(job_ids)
    graphs = list({known_graph(link.run) for link in linked})
    of_device = None if device_key is None else fastest(store, device_key, graphs)
    latency = (
        _latency(store, linked) if of_device is None else dict.fromkeys((link.job_id for link in linked), of_device)
    )
    agreed = agreements(store, linked) if agreement else {}
    rows = [_row(link, latency[link.job_id], agreed.get((link.job_id, link.run.id))) for link in linked]
    return numbers(table_of(rows, RESULT_COLUMNS))


def archived_results(linked: Sequence[LinkedRun]) -> pd.DataFrame:
    """``results_table`` of runs that are not stored here, without latency; agreement is what their scores tell."""
    rows = [_row(link, {}, None if link.role == "teacher" else link.run.scores.get("agreement")) for link in linked]
    return numbers(table_of(rows, RESULT_COLUMNS))


def result_row(store: Store, run_id: str) -> pd.Series:
    """The row of one run as the newest job shows it, without agreement and latency. Raises NotFound."""
    return numbers(table_of([_row(store.shown_last(run_id), {}, None)], RESULT_COLUMNS)).iloc[0]


def metric_of(table: pd.DataFrame) -> str:
    """The metric that the scores of results or a summary of one task are in. A failed run has no scores, and does not
    tell it."""
    told = table["metric"].dropna() if "metric" in table else ()
    return next((str(name) for name in told if name != ACCURACY), ACCURACY)


def named_by_metric(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the metric of its task in the names of its scores, as in ``test_mrr``; as it is where that is
    accuracy."""
    metric = metric_of(table)
    return table.rename(columns=lambda name: name.replace(ACCURACY, metric))


def numbers(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the columns ``NUMBERS`` as floats."""
    return table.astype(dict.fromkeys(NUMBERS, "float64"))


def curves_table(store: Store, runs: Mapping[str, str], *, insights: bool = False) -> pd.DataFrame:
    """Long form: ``run_id student seed update kind value unit``; ``runs`` maps run ids to the student's name.

    Validation scores ("valid_accuracy", by the task's own metric) and losses, or ``insights`` (gradient norms and what
    a method reads off). ``unit`` is that of a loss, empty without one.
    """
    return curves_of(runs, store.run, store.curves, insights=insights)


def curves_of(
    runs: Mapping[str, str],
    run_of: Callable[[str], RunRecord],
    points_of: Callable[[str], Sequence[Mapping[str, Any]]],
    *,
    insights: bool = False,
) -> pd.DataFrame:
    """``curves_table`` of runs and points that are looked up by the run's id."""
    rows = [
        {"run_id": run_id, "student": student, "seed": run.seed, **row, "kind": _kind(row["kind"], run.metric)}
        for run_id, student in runs.items()
        for run in (run_of(run_id),)
        for row in points_of(run_id)
        if row["kind"].startswith(INSIGHT) == insights
    ]
    return in_long_form(rows, {run_id: run_of(run_id).method for run_id in runs})


def _kind(stored: str, metric: str) -> str:
    return VALID_SCORE if stored == f"{VALID}{metric}" else stored.removeprefix(INSIGHT)


def in_long_form(rows: Sequence[Mapping[str, Any]], methods: Mapping[str, str]) -> pd.DataFrame:
    """``CURVE_COLUMNS`` of rows without a unit, in their order; ``methods`` names the method of each run by its id."""
    table = pd.DataFrame(rows, columns=CURVE_COLUMNS[:-1])
    units = {
        run_id: loss_units(METHODS, methods.get(str(run_id), "labels"), set(kinds) - NO_LOSS)
        for run_id, kinds in table.groupby("run_id")["kind"]
    }
    pairs = zip(table["run_id"], table["kind"], strict=True)
    return table.assign(unit=[units[run_id].get(kind, "") for run_id, kind in pairs])


def confusion(store: Store, run_id: str) -> np.ndarray:
    """(C, C) counts of test images, a row a true class. Raises NotFound, CorruptFile."""
    return confusion_of(store.run(run_id))


def confusion_of(run: RunRecord) -> np.ndarray:
    """(C, C) counts of test images, a row a true class. Raises CorruptFile."""
    try:
        counts_CC = np.asarray(run.scores.get("confusion"), dtype=np.int64)
    except (TypeError, ValueError):
        counts_CC = np.zeros(0, dtype=np.int64)
    if counts_CC.ndim != 2 or counts_CC.shape[0] != counts_CC.shape[1]:
        raise CorruptFile(file_problem(run.id, "its row has no confusion matrix"))
    return counts_CC


def measurements_table(measurements: Sequence[Measurement]) -> pd.DataFrame:
    columns = [field.name for field in dataclasses.fields(Measurement)]
    return table_of([dataclasses.asdict(taken) for taken in measurements], columns)


def _row(linked: LinkedRun, latency: Mapping[str, Measurement], agreement: float | None) -> dict[str, Any]:
    run = linked.run
    measured = latency.get(known_graph(run))
    return {
        "job_id": linked.job_id,
        "run_id": run.id,
        "student": linked.student,
        "role": linked.role,
        "taught_by": linked.taught_by,
        **{name: getattr(run, name) for name in RECORD},
        **{name: _number(run.scores.get(name)) for name in SCORES},
        **{name: _of(run.scores.get(name), kind) for name, kind in STEPS.items()},
        "test_accuracy": _number(run.score("test")),
        "valid_accuracy": _number(run.score("valid")),
        "metric": run.metric,
        RIGHT_POSITIONS: None if run.metric == ACCURACY else _number(run.scores.get("test_accuracy")),
        "agreement": agreement,
        **{name: getattr(measured, name, None) for name in (*LATENCY, *TAKEN)},
        "file": model_file_of(run),
        "per_class_recall": _of(run.scores.get("per_class_recall"), list),
        "unseen": _of(run.scores.get("unseen"), dict),
        "test_images": _number(run.scores.get("test_images")),
        "parameters_of_method": run.parameters,
        "environment": run.environment,
    }


def _number(value: Any) -> float | None:
    """The value if it is a number, else None: runs of other versions may lack it."""
    return value if isinstance(value, int | float) else None


def _of(value: Any, kind: type) -> Any:
    return value if isinstance(value, kind) else None


def _latency(store: Store, linked: Sequence[LinkedRun]) -> dict[str, dict[str, Measurement]]:
    """The latency of each graph, by job."""
    graphs: dict[str, set[str]] = {}
    for run in linked:
        graphs.setdefault(run.job_id, set()).add(known_graph(run.run))
    measured = LatencyRounds(store.measurements(graphs=list(set().union(*graphs.values())), device=device_name()))
    return {job_id: measured.of(job_graphs) for job_id, job_graphs in graphs.items()}
