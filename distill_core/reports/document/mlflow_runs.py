"""Experiments as runs of MLflow: an MLflow experiment each, and in it a run for each trained network.

MLflow is no requirement of the lab: ``pip install -r requirements-mlflow.txt``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from math import isfinite
from numbers import Real
from typing import TYPE_CHECKING, Any

from distill_core import clock
from distill_core.errors import DistillError, InvalidSetting, NotFound, said
from distill_core.reports.document.contents import Contents, Told

if TYPE_CHECKING:
    from mlflow import MlflowClient

PARAMS = (
    *("student", "role", "task", "architecture", "width", "stem_stride", "method", "temperature", "alpha"),
    *("labels", "transfer", "seed", "updates", "taught_by", "missing_class"),
)
METRICS = (
    *("valid_accuracy", "test_accuracy", "macro_precision", "macro_recall", "macro_f1", "ece", "nll_nats", "agreement"),
    *("parameters", "macs", "size_bytes", "onnx_bytes", "zipped_bytes", "seconds", "p50_ms", "p90_ms", "p95_ms"),
)
# What MLflow takes at once, and of a text.
MOST_METRICS, LONGEST = 1_000, 500
RUN_TAG = "distill_lab.run"
# No news of this lab for the makers of MLflow; a server that is away is told of within seconds, not minutes.
SETTINGS = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}


def log_runs(contents: Contents, uri: str) -> int:
    """Log every finished network that MLflow at ``uri`` does not have yet; how many these are.

    A name that is taken by another experiment is kept apart by the number of this one. Raises: InvalidSetting where
    MLflow is not installed, or cannot be reached or written.
    """
    client = _client(uri)
    runs = contents.runs[contents.runs["state"] == "finished"]
    try:
        return sum(_log_experiment(client, told, runs, contents) for told in contents.experiments)
    except DistillError:
        raise
    except Exception as error:  # of any kind, by the kind of store
        raise _unreachable(uri, error) from error


def _client(uri: str) -> MlflowClient:
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        from mlflow import MlflowClient
    except ImportError as error:
        hint = "pip install -r requirements-mlflow.txt"
        raise InvalidSetting("MLflow", expected="it to be installed", got="none", hint=hint) from error
    try:
        return MlflowClient(tracking_uri=uri)
    except Exception as error:
        raise _unreachable(uri, error) from error


def _unreachable(uri: str, error: Exception) -> InvalidSetting:
    hint = "name one as sqlite:///mlflow.db or http://127.0.0.1:5000"
    first = (str(error).splitlines() or [type(error).__name__])[0]
    return InvalidSetting(said("MLflow at {uri}", uri), expected="a store that can be written", got=first, hint=hint)


def _log_experiment(client: MlflowClient, told: Told, runs: Any, contents: Contents) -> int:
    experiment = _experiment(client, told)
    # One that is not finished was cut off; it is logged anew, beside what came of it.
    known = {run.data.tags.get(RUN_TAG) for run in _runs(client, experiment) if run.info.status == "FINISHED"}
    rows = [row for row in runs.to_dict("records") if row["job_id"] == told.job_id and row["run_id"] not in known]
    curves = dict(iter(contents.curves.groupby("run_id", sort=False)))
    for row in rows:
        _log_run(client, experiment, row, curves.get(row["run_id"]))
    return len(rows)


def _experiment(client: MlflowClient, told: Told) -> str:
    """The id of the MLflow experiment, by its name, or by name and number where another has that name."""
    for name in (told.title, f"{told.title} ({told.job_id})"):
        found = client.get_experiment_by_name(name)
        if found is None:
            tags = {"distill_lab.experiment": told.job_id, "mlflow.note.content": told.note or told.subject}
            return str(client.create_experiment(name, tags=tags))
        if found.tags.get("distill_lab.experiment") == told.job_id:
            return str(found.experiment_id)
    raise NotFound(said("no free name for {title!r} in MLflow", told.title))


def _runs(client: MlflowClient, experiment: str) -> Iterator[Any]:
    token = None
    while True:
        page = client.search_runs([experiment], max_results=1_000, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def _log_run(client: MlflowClient, experiment: str, row: dict[str, Any], curve: Any) -> None:
    from mlflow.entities import Metric, Param, RunTag

    name = f"{row['student']}, seed {row['seed']}"
    run = client.create_run(experiment, run_name=name, tags={RUN_TAG: row["run_id"]})
    now = int(1000 * clock.now().timestamp())
    metrics = [Metric(_metric(name, row), float(row[name]), now, 0) for name in METRICS if _is_number(row.get(name))]
    points = () if curve is None else curve.to_dict("records")
    metrics += [Metric(_curve(point), float(point["value"]), now, int(point["update"])) for point in points]
    params = [Param(name, str(row[name])) for name in PARAMS if _is_there(row.get(name))]
    tags = [RunTag(f"environment.{name}", str(value)[:LONGEST]) for name, value in (row["environment"] or {}).items()]
    client.log_batch(run.info.run_id, params=params, tags=tags)
    for batch in _batches(metrics):
        client.log_batch(run.info.run_id, metrics=batch)
    client.set_terminated(run.info.run_id)


def _batches(metrics: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (metrics[first : first + MOST_METRICS] for first in range(0, len(metrics), MOST_METRICS))


def _metric(name: str, row: dict[str, Any]) -> str:
    """The score's own name, such as test_mean_iou."""
    return name.replace("accuracy", row["metric"]) if name in ("valid_accuracy", "test_accuracy") else name


def _curve(point: dict[str, Any]) -> str:
    return f"curve/{point['kind'].replace(':', '')}"


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and isfinite(value)


def _is_there(value: Any) -> bool:
    return value is not None and value == value  # NaN is a missing number
