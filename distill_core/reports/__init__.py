"""What the store holds, as tables and answers for a page."""

from distill_core.reports.agreement import Unreadable, unreadable
from distill_core.reports.answers import Answerer, Answers, answerer, answerers, answers
from distill_core.reports.browsers import Kept, checked_device, checked_label, keep_timed
from distill_core.reports.cells import METRICS, Cell, Judgement, Metric, cells, judge
from distill_core.reports.images import Disagreement, disagreements, right_answers, task_splits, test_logits
from distill_core.reports.pictures import Portrait, look, portrait
from distill_core.reports.readable import experiment_of, is_readable
from distill_core.reports.reference import Reference, reference
from distill_core.reports.results import (
    CURVE_COLUMNS,
    confusion,
    curves_table,
    in_long_form,
    measurements_table,
    result_row,
    results_table,
)
from distill_core.reports.robustness import corruption_error, trials_table
from distill_core.reports.sheets import Sheet, method_tables, packed, sheet
from distill_core.reports.studies import Study, studies
from distill_core.reports.summary import against, by_seed, mark_front, summarise
from distill_core.reports.timings import THIS_SERVER, devices_table, timings_table

__all__ = [
    "CURVE_COLUMNS",
    "METRICS",
    "THIS_SERVER",
    "Answerer",
    "Answers",
    "Cell",
    "Disagreement",
    "Judgement",
    "Kept",
    "Metric",
    "Portrait",
    "Reference",
    "Sheet",
    "Study",
    "Unreadable",
    "against",
    "answerer",
    "answerers",
    "answers",
    "by_seed",
    "cells",
    "checked_device",
    "checked_label",
    "confusion",
    "corruption_error",
    "curves_table",
    "devices_table",
    "disagreements",
    "experiment_of",
    "in_long_form",
    "is_readable",
    "judge",
    "keep_timed",
    "look",
    "mark_front",
    "measurements_table",
    "method_tables",
    "packed",
    "portrait",
    "reference",
    "result_row",
    "results_table",
    "right_answers",
    "sheet",
    "studies",
    "summarise",
    "task_splits",
    "test_logits",
    "timings_table",
    "trials_table",
    "unreadable",
]
