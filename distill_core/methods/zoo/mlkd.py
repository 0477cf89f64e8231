"""MLKD: logits at several temperatures, with correlations of classes and of images. Shapes: B batch, C classes."""

from __future__ import annotations

from distill_core.lazy_torch import Tensor, torch
from distill_core.methods.base import DistillLoss, FeatureShapes, LossInputs, Method, Settings, StepLoss
from distill_core.methods.checks import check_logits, check_temperature
from distill_core.methods.logit_terms import weight, weights
from distill_core.methods.losses import labelled_cross_entropy, soft_target_kl
from distill_core.methods.pictures import Compared, PairActivations, compared
from distill_core.methods.standardization import compared_logits

TEMPERATURES = (2.0, 3.0, 4.0, 5.0, 6.0)


def class_correlation(student_BC: Tensor, teacher_BC: Tensor, *, temperature: float) -> Tensor:
    """‖PᵀP of the teacher − PᵀP of the student‖² / C, where P are the softened probabilities.

    Shapes: both (batch, classes). Returns: a scalar; 0 where they agree.
    Raises: InvalidSetting for a temperature or shapes that cannot be.
    Source: Jin, Wang, Lin 2023, Multi-Level Logit Distillation (CVPR), equation 9.
    """
    student, teacher = _softened(student_BC, teacher_BC, temperature)
    return (teacher.T @ teacher - student.T @ student).square().sum() / student.shape[1]


def batch_correlation(student_BC: Tensor, teacher_BC: Tensor, *, temperature: float) -> Tensor:
    """‖PPᵀ of the teacher − PPᵀ of the student‖² / B, where P are the softened probabilities.

    Shapes: both (batch, classes). Returns: a scalar; 0 where they agree.
    Raises: InvalidSetting for a temperature or shapes that cannot be.
    Source: Jin, Wang, Lin 2023, Multi-Level Logit Distillation (CVPR), equation 7.
    """
    student, teacher = _softened(student_BC, teacher_BC, temperature)
    return (teacher @ teacher.T - student @ student.T).square().sum() / student.shape[0]


def _softened(student_BC: Tensor, teacher_BC: Tensor, temperature: float) -> tuple[Tensor, Tensor]:
    check_temperature(temperature)
    check_logits(student_BC, teacher_BC)
    return (student_BC / temperature).softmax(1), (teacher_BC.detach() / temperature).softmax(1)


# Each term with the parameter that is its weight.
TERMS = {
    "soft": (soft_target_kl, "weight"),
    "classes": (class_correlation, "class_weight"),
    "images": (batch_correlation, "image_weight"),
}


def _mlkd(settings: Settings, pair: FeatureShapes) -> DistillLoss:
    numbers = settings.parameters

    def loss(inputs: LossInputs) -> StepLoss:
        pair = compared_logits(inputs, settings, per_example=True)
        hard = labelled_cross_entropy(inputs.student_BC, inputs.targets_B)
        parts = {
            name: torch.stack([term(*pair, temperature=T) for T in TEMPERATURES]).mean()
            for name, (term, _) in TERMS.items()
        }
        weights = {"hard": numbers["hard_weight"], **{name: numbers[weight] for name, (_, weight) in TERMS.items()}}
        return StepLoss(parts={"hard": hard, **parts}, weights=weights)

    return loss


def _picture(settings: Settings, activations: PairActivations) -> Compared:
    means = [torch.stack([(logits / T).softmax(1) for T in TEMPERATURES]).mean(0) for logits in activations.logits]
    return compared(f"probability, mean of T = {TEMPERATURES[0]:g} to {TEMPERATURES[-1]:g}", "teacher", *means)


ENTRIES = (
    Method(
        name="mlkd",
        title="Multi-level logits",
        paper="",
        year=2023,
        teaches="The teacher's answers are compared at five temperatures, and so is which classes and which examples "
        "it finds alike.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + \overline{\big[w\,T^2\,\mathrm{KL} + \tfrac{w_C}C\lVert "
        r"P_t^\top P_t - P_s^\top P_s\rVert^2 + \tfrac{w_B}B\lVert P_t P_t^\top - P_s P_s^\top\rVert^2\big]}_{T=2..6}",
        symbols={
            "w_C": "class weight",
            "w_B": "image weight",
            "P": "softened probabilities of a batch: a row an example, a column a class",
        },
        uses_teacher=True,
        source="Jin, Wang and Lin 2023, Multi-Level Logit Distillation, CVPR",
        parameters={**weights(1.0, 1.0), "class_weight": weight(0.01), "image_weight": weight(0.1)},
        standardizes=True,
        per_example=True,
        units={"hard": "nats", "soft": "nats"},
        picture=_picture,
        build=_mlkd,
    ),
)
