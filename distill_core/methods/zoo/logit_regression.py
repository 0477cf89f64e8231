"""The mean squared difference of logits. Shapes: B batch, C classes."""

from __future__ import annotations

from distill_core.lazy_torch import F, Tensor
from distill_core.methods.base import Method, Settings
from distill_core.methods.checks import check_logits
from distill_core.methods.logit_terms import on_logits, weights
from distill_core.methods.pictures import Compared, PairActivations, compared


def logit_mse(student_BC: Tensor, teacher_BC: Tensor) -> Tensor:
    """Mean squared difference of the logits, over images and classes.

    Shapes: both (batch, classes). Returns: a scalar; 0 where they agree. No gradient reaches the teacher.
    Raises: InvalidSetting if the shapes differ.
    Source: Ba, Caruana 2014 (arXiv:1312.6184), section 2.1.
    """
    check_logits(student_BC, teacher_BC)
    return F.mse_loss(student_BC, teacher_BC.detach())


def _picture(settings: Settings, activations: PairActivations) -> Compared:
    return compared("logit", "teacher", *activations.logits, share=False)


ENTRIES = (
    Method(
        name="logit_regression",
        title="Logit regression",
        paper="1312.6184",
        year=2014,
        teaches="The student repeats the teacher's scores before the softmax: distillation at an endless temperature.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,\tfrac{1}{BC}\lVert z_s - z_t \rVert^2",
        uses_teacher=True,
        parameters=weights(1.0, 1.0),
        standardizes=True,
        picture=_picture,
        build=on_logits(logit_mse),
    ),
)
