"""What getting used to a new voice brought: for one voice, and over several, which is the honest interval.

``ui/screens/robustness`` finds the facts over several."""

from collections.abc import Sequence
from dataclasses import dataclass

from distill_core.reports.voices import Way
from distill_core.templates.new_voice import AS_IT_WAS, FEW, FEW_LABELS, NORMS_ANEW, TAUGHT_ANEW
from ui.findings.facts import Estimate, Gap

__all__ = ["FewLabels", "OverNorms", "OverVoices", "TeacherOfVoices", "TooFewVoices", "UsedTo", "used_to"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedTo:
    """One voice. Shares (0 to 1) of the network as it was, with norms measured anew, taught without a label, and with a
    few ``labels``."""

    voice: str
    before: float
    norms: float
    taught: float
    few: float
    labels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverVoices:
    """What teaching without a label brought over the network as it was; the verdict is None under three voices."""

    voices: int
    before: Estimate
    taught: Estimate
    gap: Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class OverNorms:
    """``gap``: what it brought over norms measured anew, which is the control of adapting."""

    norms: Estimate
    gap: Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class FewLabels:
    """The rival; ``gap`` over the network as it was."""

    labels: int
    accuracy: Estimate
    gap: Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherOfVoices:
    accuracy: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFewVoices:
    voices: int


def used_to(ways: Sequence[Way], voice: str) -> UsedTo:
    """The fact on the one voice that ``ways`` are of."""
    mean = {way.name: way.accuracy.mean for way in ways}
    return UsedTo(
        voice=voice,
        before=mean[AS_IT_WAS],
        norms=mean[NORMS_ANEW],
        taught=mean[TAUGHT_ANEW],
        few=mean[FEW_LABELS],
        labels=FEW,
    )
