"""What the lessons of the page Temperature show: gains by the number of labels, two teachers over widths, a student
beside the one that a question is about, and a class that was never seen."""

from dataclasses import dataclass

from ui.findings.facts import Estimate, Gap

__all__ = [
    *("Against", "Corrected", "Correction", "LabelGain", "NoWidthGap", "Teachers", "UnseenControl", "UnseenStudent"),
    "WidthGaps",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelGain:
    """A kind of student with this many labels (None: all) against its control; ``largest`` of all numbers of labels."""

    kind: str
    labels: int | None
    gap: Gap
    largest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """For how many comparisons verdicts are corrected: those with the control of a lesson, or all of a chart."""

    comparisons: int
    chart: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Teachers:
    """Accuracies of the small weak and of the large strong teacher."""

    weak: float
    strong: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WidthGaps:
    """Students of the strong teacher against those of the weak one, where a difference is shown."""

    gaps: tuple[tuple[float, Gap], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoWidthGap:
    """None is shown at any width; the largest."""

    largest: Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """Students beside ``reference``."""

    reference: str
    gaps: tuple[tuple[str, Gap], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenStudent:
    """Of a class without an image in training: recall before and after the correction, precision after it; None where
    a seed called no image so."""

    student: str
    missing: str
    before: Estimate | None
    after: Estimate | None
    precision: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenControl:
    before: Estimate | None
    after: Estimate | None
    precision: Estimate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What is added to the logit of the class."""

    bias: Estimate
