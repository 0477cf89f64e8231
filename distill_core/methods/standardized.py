"""Distillation of standardised logits. Shapes: B batch, C classes."""

from typing import TYPE_CHECKING

from distill_core.errors import InvalidSetting, explain
from distill_core.methods.entry import Method, Settings
from distill_core.methods.losses import soft_target_kl
from distill_core.methods.weighted import RANGES, on_logits

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRIES", "standardize"]

# As in the reference: keeps a row of equal logits finite.
LEAST_DEVIATION = 1e-7


def standardize(logits: "Tensor") -> "Tensor":
    """Each row with mean 0 and standard deviation 1 (unbiased, over the classes).

    Shapes: (batch, classes), two classes or more. Neither a constant nor a scale on a row of logits changes it.
    Raises: InvalidSetting for fewer than two classes.
    Source: Sun et al. 2024 (arXiv:2403.01427), algorithm 1.
    """
    if logits.ndim != 2 or logits.shape[1] < 2:
        came = tuple(logits.shape)
        do = "choose a task of two classes or more"
        raise InvalidSetting(explain("logits", wanted="(batch, classes) of two classes or more", came=came, do=do))
    # A deviation of 0 has no derivative; a variance of 0 does.
    variance = logits.var(dim=1, keepdim=True)
    deviation = variance.clamp(min=LEAST_DEVIATION**2).sqrt()
    return (logits - logits.mean(dim=1, keepdim=True)) / (deviation + LEAST_DEVIATION)


def _term(student_BC: "Tensor", teacher_BC: "Tensor", settings: Settings) -> "Tensor":
    assert settings.temperature is not None
    return soft_target_kl(standardize(student_BC), standardize(teacher_BC), temperature=settings.temperature)


ENTRIES = (
    Method(
        name="standardized_kd",
        title="Standardised logits",
        paper="2403.01427",
        teaches="The student need not reach the size of the teacher's scores, only their relations.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,T^2\,\mathrm{KL}\big(\sigma(\hat z_t/T) \| "
        r"\sigma(\hat z_s/T)\big),"
        r"\quad \hat z = (z-\bar z)/s_z",
        uses_teacher=True,
        temperature=2.0,
        parameters={"hard_weight": 0.1, "weight": 9.0},
        ranges=RANGES,
        build=on_logits(_term),
    ),
)
