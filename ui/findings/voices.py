"""What getting used to a new voice brought: for one voice, and over several, which is the honest interval.

``ui/screens/robustness`` finds these facts."""

from dataclasses import dataclass

from ui.findings.facts import Estimate, Gap

__all__ = ["FewLabels", "OverNorms", "OverVoices", "TeacherOfVoices", "TooFewVoices", "UsedTo"]


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
