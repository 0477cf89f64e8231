"""What the curves of a training are called and measured in, on every page: a method tells the unit of its parts."""

import pandas as pd

from distill_core.methods import TOTAL
from ui.text import words
from ui.text.language import N_, Texts, _

__all__ = ["ACCURACY", "PARTS", "PART_HELP", "TOTAL", "parts", "title", "unit"]

ACCURACY = "valid_accuracy"
TITLES = {
    TOTAL: N_("Training loss"),
    "hard": N_("Label loss (CE)"),
    "soft": N_("Distillation loss"),
}
# Where the loss, or which of its parts is drawn, is chosen; a part of a method's own is called as its method calls it.
PARTS = Texts({TOTAL: N_("Total"), "hard": N_("Hard"), "soft": N_("Soft")})
PART_HELP = N_(
    "The loss that training lowers, or one of its parts before it is weighted: the label loss (cross-entropy) and the "
    "distillation loss (KL for plain KD); another part is a method's own. Its unit stands beside the chart, where it "
    "has one."
)


def parts(points: pd.DataFrame) -> list[str]:
    """The parts of the losses in the long table of ``Reports.curves``."""
    return [kind for kind in points["kind"].unique() if kind not in (ACCURACY, TOTAL)]


def title(kind: str, metric: str = "accuracy") -> str:
    """A part without a title here is called as its method calls it; ``metric`` is the task's own."""
    if kind == ACCURACY:
        return _("Validation {metric}", metric=words.metric(metric))
    return _(TITLES[kind]) if kind in TITLES else kind


# What the engine calls the unit of a loss.
NATS = N_("nats")


def unit(points: pd.DataFrame, kind: str) -> str | None:
    """The unit of a curve, where all networks that have it have it in the same one."""
    found = set(points.loc[points["kind"] == kind, "unit"])
    return (_(found.pop()) or None) if len(found) == 1 else None
