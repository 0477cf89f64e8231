"""WSLD: a weight of the soft term for each image. Shapes: B batch, C classes."""

from __future__ import annotations

from dataclasses import replace

from distill_core.lazy_torch import F, Tensor
from distill_core.methods.base import Method, Settings
from distill_core.methods.checks import check_labelled_logits
from distill_core.methods.logit_terms import on_logits, weights
from distill_core.methods.pictures import Compared, PairActivations, softened

# As in the reference: keeps the ratio finite where the teacher is certain.
LEAST_NATS = 1e-7


def wsld_loss(
    student_BC: Tensor, teacher_BC: Tensor, labels_B: Tensor, *, temperature: float, alpha: float = 1.0
) -> Tensor:
    """α·T² · mean of (1 − exp(−CE_s / CE_t)) · soft cross-entropy at T; no gradient goes through the weight.

    Images that the student has learnt better than its teacher count less. A cross-entropy, so not 0 where they agree.
    Shapes: (batch, classes) twice, (batch,) int64. Returns: a scalar in nats.
    Raises: InvalidSetting for a temperature, shapes or labels that cannot be.
    Source: Zhou et al. 2021 (arXiv:2102.00650), equation 12.
    """
    check_labelled_logits(student_BC, teacher_BC, labels_B, temperature)
    teacher_BC = teacher_BC.detach()
    weight_B = image_weights(student_BC, teacher_BC, labels_B)
    soft_B = -((teacher_BC / temperature).softmax(1) * (student_BC / temperature).log_softmax(1)).sum(1)
    return alpha * temperature**2 * (weight_B * soft_B).mean()


def image_weights(student_BC: Tensor, teacher_BC: Tensor, labels_B: Tensor) -> Tensor:
    """(B,): 1 − exp(−CE_s / CE_t), from 0, for an image that the student has learnt, to 1; without a gradient."""
    student_B = F.cross_entropy(student_BC.detach(), labels_B, reduction="none")
    teacher_B = F.cross_entropy(teacher_BC.detach(), labels_B, reduction="none")
    return 1 - (-student_B / (teacher_B + LEAST_NATS)).exp()


def _picture(settings: Settings, activations: PairActivations) -> Compared:
    weights_N = image_weights(*activations.logits, activations.labels_N)
    return replace(softened(settings, activations), note="weight of this image", note_N=weights_N.numpy())


ENTRIES = (
    Method(
        name="wsld",
        title="Weighted soft labels",
        paper="2102.00650",
        year=2021,
        teaches="Soft labels also smooth, which hurts on some examples: each example gets the weight that it deserves.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,T^2\,\overline{\big(1-e^{-\mathrm{CE}_s/\mathrm{CE}_t}\big)\,"
        r"\mathrm{CE}(p_t^{(T)}, p_s^{(T)})}",
        symbols={
            "e": "Euler's number; the exponent compares the cross-entropies of student and teacher, example by example",
        },
        uses_teacher=True,
        temperature=2.0,
        parameters=weights(1.0, 2.5),
        standardizes=True,
        needs_classes=True,
        units={"hard": "nats", "soft": "nats"},
        picture=_picture,
        build=on_logits(wsld_loss),
    ),
)
