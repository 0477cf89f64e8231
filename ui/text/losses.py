"""What the curves of a training are called and measured in, on every page: a method tells the unit of its parts."""

import pandas as pd

from distill_core.methods import TOTAL
from ui.text import words
from ui.text.language import N_, _

__all__ = ["ACCURACY", "TOTAL", "parts", "title", "unit"]

ACCURACY = "valid_accuracy"
TITLES = {
    TOTAL: N_("Training loss"),
    "hard": N_("Label loss (CE)"),
    "soft": N_("Distillation loss"),
}


def parts(points: pd.DataFrame) -> list[str]:
    """The parts of the losses in the long table of ``Reports.curves``."""
    return [kind for kind in points["kind"].unique() if kind not in (ACCURACY, TOTAL)]


def title(kind: str, metric: str = "accuracy") -> str:
    """A part without a title here is called as its method calls it; ``metric`` is the task's own."""
    if kind == ACCURACY:
        return _("Validation {metric}", metric=words.metric(metric))
    return _(TITLES[kind]) if kind in TITLES else kind


def unit(points: pd.DataFrame, kind: str) -> str | None:
    """The unit of a curve, where all networks that have it have it in the same one."""
    found = set(points.loc[points["kind"] == kind, "unit"])
    return found.pop() or None if len(found) == 1 else None
