"""What the store holds, as tables and answers for a page."""

from distill_core.reports.answers import Answerer, Answers, answerers, answers
from distill_core.reports.images import Disagreement, disagreements, right_answers, task_splits, test_logits
from distill_core.reports.results import curves_table, measurements_table, results_table
from distill_core.reports.summary import mark_front, summarise

__all__ = [
    "Answerer",
    "Answers",
    "Disagreement",
    "answerers",
    "answers",
    "curves_table",
    "disagreements",
    "mark_front",
    "measurements_table",
    "results_table",
    "right_answers",
    "summarise",
    "task_splits",
    "test_logits",
]
