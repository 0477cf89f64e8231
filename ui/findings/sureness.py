"""How honest a teacher's confidences are, at a fitted temperature and at the slider's.

``ui/screens/temperature/calibration.py`` finds these facts; errors and shares are 0 to 1, NLL in nats."""

from dataclasses import dataclass

from ui.findings.facts import Estimate

__all__ = ["AtSlider", "Fitted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What a temperature that was fitted on validation images does on the test images; ``lower``: the difference of
    the NLL, image by image."""

    temperature: float
    ece: tuple[float, float]
    nll_nats: tuple[float, float]
    lower: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class AtSlider:
    """Mean confidence and accuracy at the slider's temperature; None where that is 1."""

    temperature: float
    ece: float
    confidence: float | None
    accuracy: float | None
