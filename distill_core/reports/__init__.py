"""Reports: tables and predictions from the store, for pages."""

from distill_core.reports.agreement import Unreadable, unreadable
from distill_core.reports.browser_measurements import (
    SavedMeasurement,
    checked_device,
    checked_label,
    save_browser_measurement,
)
from distill_core.reports.experiment_report import ExperimentReport, method_tables, read_experiment_report
from distill_core.reports.grid_cells import METRICS, GridCell, Judgement, Metric, cells_of_grid, judge
from distill_core.reports.images import Disagreement, disagreements, right_answers, task_splits, test_logits
from distill_core.reports.prediction_sources import (
    Predictions,
    PredictionSource,
    list_prediction_sources,
    prediction_source,
    read_predictions,
)
from distill_core.reports.readable import experiment_of, is_readable
from distill_core.reports.reference import Reference, reference
from distill_core.reports.results import (
    CURVE_COLUMNS,
    confusion,
    curves_table,
    in_long_form,
    measurements_table,
    metric_of,
    named_by_metric,
    result_row,
    results_table,
)
from distill_core.reports.robustness import corruption_error, robustness_table
from distill_core.reports.summary import against, by_seed, mark_front, summarise
from distill_core.reports.sweeps import Sweep, list_sweeps
from distill_core.reports.teaching import MethodView, explain_method, pair_activations
from distill_core.reports.timings import THIS_SERVER, devices_table, timings_table

__all__ = [
    "CURVE_COLUMNS",
    "METRICS",
    "THIS_SERVER",
    "Disagreement",
    "ExperimentReport",
    "GridCell",
    "Judgement",
    "MethodView",
    "Metric",
    "PredictionSource",
    "Predictions",
    "Reference",
    "SavedMeasurement",
    "Sweep",
    "Unreadable",
    "against",
    "by_seed",
    "cells_of_grid",
    "checked_device",
    "checked_label",
    "confusion",
    "corruption_error",
    "curves_table",
    "devices_table",
    "disagreements",
    "experiment_of",
    "explain_method",
    "in_long_form",
    "is_readable",
    "judge",
    "list_prediction_sources",
    "list_sweeps",
    "mark_front",
    "measurements_table",
    "method_tables",
    "metric_of",
    "named_by_metric",
    "pair_activations",
    "prediction_source",
    "read_experiment_report",
    "read_predictions",
    "reference",
    "result_row",
    "results_table",
    "right_answers",
    "robustness_table",
    "save_browser_measurement",
    "summarise",
    "task_splits",
    "test_logits",
    "timings_table",
    "unreadable",
]
