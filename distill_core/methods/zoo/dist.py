"""DIST: correlations of the softened probabilities. Shapes: B batch, C classes."""

from __future__ import annotations

from distill_core.lazy_torch import F, Tensor
from distill_core.methods.base import Method
from distill_core.methods.checks import check_logits, check_temperature
from distill_core.methods.logit_terms import on_logits, weight, weights


def dist_loss(student_BC: Tensor, teacher_BC: Tensor, *, beta: float, gamma: float, temperature: float) -> Tensor:
    """τ² · (β·(1 − mean correlation within an image) + γ·(1 − mean correlation within a class)).

    Pearson's correlation of softened probabilities: over the classes of each image, and over the images of each class.
    Shapes: both (batch, classes). Returns: a scalar without a unit; 0 where they agree, for more than one image.
    Raises: InvalidSetting for a temperature or shapes that cannot be.
    Source: Huang et al. 2022 (arXiv:2205.10536), equations 8 to 10.
    """
    check_temperature(temperature)
    check_logits(student_BC, teacher_BC)
    student = (student_BC / temperature).softmax(1)
    teacher = (teacher_BC.detach() / temperature).softmax(1)
    between, within = 1 - _correlation(student, teacher), 1 - _correlation(student.T, teacher.T)
    return temperature**2 * (beta * between + gamma * within)


def _correlation(student: Tensor, teacher: Tensor) -> Tensor:
    """The mean over the rows of Pearson's correlation."""
    student, teacher = (rows - rows.mean(1, keepdim=True) for rows in (student, teacher))
    return F.cosine_similarity(student, teacher, dim=1, eps=1e-8).mean()


ENTRIES = (
    Method(
        name="dist",
        title="DIST",
        paper="2205.10536",
        year=2022,
        teaches="The student keeps the order and the proportions of the teacher's answers, not their exact values: "
        "easier for a small pupil of a strong teacher.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,\tau^2\,[\beta\,(1-\bar\rho_{rows}) + "
        r"\gamma\,(1-\bar\rho_{columns})]",
        symbols={
            r"\tau": "temperature",
            r"\rho": "Pearson's correlation of softened answers, mean over rows (examples) or columns (classes)",
            r"\beta": "beta, the weight of rows",
            r"\gamma": "gamma, the weight of columns",
        },
        uses_teacher=True,
        temperature=4.0,
        parameters={**weights(1.0, 2.0), "beta": weight(1.0), "gamma": weight(1.0)},
        standardizes=True,
        per_example=True,
        build=on_logits(dist_loss, per_example=True),
    ),
)
