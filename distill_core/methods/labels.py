"""Methods without a teacher: labels as they are, and labels smoothed."""

from distill_core.methods.entry import DistillLoss, LossInputs, Method, Pair, Settings, StepLoss
from distill_core.methods.losses import labelled_cross_entropy

__all__ = ["ENTRIES"]


def _labels(settings: Settings, pair: Pair) -> DistillLoss:
    return _cross_entropy(0.0)


def _label_smoothing(settings: Settings, pair: Pair) -> DistillLoss:
    return _cross_entropy(settings.parameters["epsilon"])


def _cross_entropy(smoothing: float) -> DistillLoss:
    def loss(inputs: LossInputs) -> StepLoss:
        hard = labelled_cross_entropy(inputs.student_BC, inputs.labels_B, inputs.labelled_B, smoothing=smoothing)
        return StepLoss(parts={"hard": hard})

    return loss


ENTRIES = (
    Method(
        name="labels",
        title="Labels only",
        paper="",
        teaches="What the student learns without a teacher: the control of every comparison.",
        formula=r"\mathcal{L} = \mathrm{CE}(y, p_s)",
        uses_teacher=False,
        build=_labels,
    ),
    Method(
        name="label_smoothing",
        title="Label smoothing",
        paper="1512.00567",
        teaches="Softer targets without a teacher: every wrong class gets the same small share.",
        formula=r"\mathcal{L} = \mathrm{CE}\big((1-\varepsilon)\,y + \varepsilon/C,\; p_s\big)",
        uses_teacher=False,
        parameters={"epsilon": 0.1},
        ranges={"epsilon": (0.0, 0.9)},
        build=_label_smoothing,
    ),
)
