"""Knowledge distillation of standardised logits, with the numbers of its paper. Every other method that compares logits
has a switch for it. Shapes: B batch, C classes."""

from __future__ import annotations

from distill_core.lazy_torch import Tensor
from distill_core.methods.base import Method, Settings
from distill_core.methods.logit_terms import on_logits, weights
from distill_core.methods.losses import soft_target_kl
from distill_core.methods.pictures import Compared, PairActivations, compared
from distill_core.methods.standardization import standardize


def standardized_kl(student_BC: Tensor, teacher_BC: Tensor, *, temperature: float) -> Tensor:
    """``soft_target_kl`` of standardised logits."""
    return soft_target_kl(standardize(student_BC), standardize(teacher_BC), temperature=temperature)


def _picture(settings: Settings, activations: PairActivations) -> Compared:
    what = "standardised logit (mean 0, deviation 1)"
    return compared(what, "teacher", *map(standardize, activations.logits), share=False)


ENTRIES = (
    Method(
        name="standardized_kd",
        title="Standardised logits",
        paper="2403.01427",
        year=2024,
        teaches="The student need not reach the size of the teacher's scores, only their relations.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,T^2\,\mathrm{KL}\big(\sigma(\hat z_t/T) \| "
        r"\sigma(\hat z_s/T)\big),"
        r"\quad \hat z = (z-\bar z)/s_z",
        symbols={
            r"\sigma": "softmax",
            "s": r"standard deviation of the logits of an example; $\bar z$: their mean",
        },
        uses_teacher=True,
        temperature=2.0,
        parameters=weights(0.1, 9.0),
        units={"hard": "nats", "soft": "nats"},
        picture=_picture,
        build=on_logits(standardized_kl),
    ),
)
