"""The logits that a method compares: as they are, or standardised. Shapes: B batch, C classes."""

from __future__ import annotations

from distill_core.errors import InvalidSetting
from distill_core.lazy_torch import Tensor
from distill_core.methods.base import LossInputs, Settings
from distill_core.methods.rows import one_row_an_example

# As in the reference: keeps a row of equal logits finite.
LEAST_DEVIATION = 1e-7


def standardize(logits: Tensor) -> Tensor:
    """Each row with mean 0 and standard deviation 1 (unbiased, over the classes).

    Shapes: (batch, classes), two classes or more. Adding a constant to a row or scaling it changes nothing.
    Raises: InvalidSetting for fewer than two classes.
    Source: Sun et al. 2024 (arXiv:2403.01427), algorithm 1.
    """
    if logits.ndim != 2 or logits.shape[1] < 2:
        got = tuple(logits.shape)
        hint = "choose a task of two classes or more"
        raise InvalidSetting("logits", expected="(batch, classes) of two classes or more", got=got, hint=hint)
    # A deviation of 0 has no derivative; a variance of 0 does.
    variance = logits.var(dim=1, keepdim=True)
    deviation = variance.clamp(min=LEAST_DEVIATION**2).sqrt()
    return (logits - logits.mean(dim=1, keepdim=True)) / (deviation + LEAST_DEVIATION)


def compared_logits(inputs: LossInputs, settings: Settings, *, per_example: bool = False) -> tuple[Tensor, Tensor]:
    """The student's and the teacher's logits (B, C), standardised where the settings say so.

    ``per_example``: one row an example.
    """
    assert inputs.teacher_BC is not None
    student, teacher = inputs.student_BC, inputs.teacher_BC
    if per_example:
        student, teacher = (one_row_an_example(logits, inputs.positions) for logits in (student, teacher))
    return (standardize(student), standardize(teacher)) if settings.standardized else (student, teacher)
