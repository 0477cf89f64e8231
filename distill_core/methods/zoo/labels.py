"""Methods without a teacher: labels as they are, and labels smoothed. Shapes: B batch, C classes."""

from __future__ import annotations

from distill_core.lazy_torch import F, Tensor
from distill_core.methods.base import DistillLoss, FeatureShapes, Method, Settings, StepLoss
from distill_core.methods.losses import labelled_cross_entropy
from distill_core.methods.pictures import Compared, PairActivations, compared
from distill_core.spec.parameters import Parameter


def smoothed(labels_B: Tensor, classes: int, *, epsilon: float) -> Tensor:
    """(B, C): (1 − ε)·onehot + ε/C, the target of label smoothing.

    Source: Szegedy et al. 2016 (arXiv:1512.00567), section 7.
    """
    return (1 - epsilon) * F.one_hot(labels_B, classes).float() + epsilon / classes


def _labels(settings: Settings, pair: FeatureShapes) -> DistillLoss:
    smoothing = settings.parameters.get("epsilon", 0.0)
    return lambda inputs: StepLoss(
        parts={"hard": labelled_cross_entropy(inputs.student_BC, inputs.targets_B, smoothing=smoothing)}
    )


def _smoothed(settings: Settings, activations: PairActivations) -> Compared:
    epsilon, student_NC = settings.numbers["epsilon"], activations.logits[0]
    target_NC = smoothed(activations.labels_N, student_NC.shape[1], epsilon=epsilon)
    return compared(f"probability, label smoothed by {epsilon:g}", "smoothed label", student_NC.softmax(1), target_NC)


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
        year=2016,
        teaches="Softer targets without a teacher: every wrong class gets the same small share.",
        formula=r"\mathcal{L} = \mathrm{CE}\big((1-\varepsilon)\,y + \varepsilon/C,\; p_s\big)",
        symbols={
            r"\varepsilon": "epsilon, the share that all classes get alike",
        },
        uses_teacher=False,
        picture=_smoothed,
        parameters={"epsilon": Parameter(0.1, 0.0, 0.9)},
        build=_labels,
    ),
)
