"""What the store holds, as tables and answers for a page."""

from distill_core.reports.images import Disagreement, disagreements, right_answers, test_logits
from distill_core.reports.results import curves_table, measurements_table, results_table
from distill_core.reports.summary import mark_front, summarise

__all__ = [
    "Disagreement",
    "curves_table",
    "disagreements",
    "mark_front",
    "measurements_table",
    "results_table",
    "right_answers",
    "summarise",
    "test_logits",
]
