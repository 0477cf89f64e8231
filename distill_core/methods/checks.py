"""Checks of the tensors and numbers that losses take. Shapes: B rows, C classes."""

from __future__ import annotations

import math

from distill_core.errors import InvalidSetting, said
from distill_core.lazy_torch import Tensor


def check_temperature(temperature: float) -> None:
    """Raises InvalidSetting unless the temperature is finite and above 0."""
    if not 0 < temperature < math.inf:
        raise InvalidSetting(
            "temperature", expected="finite, above 0", got=temperature, hint="4 is a good start for small images"
        )


def check_logits(student_BC: Tensor, teacher_BC: Tensor) -> None:
    """Raises InvalidSetting unless both are (batch, classes) of one shape, since other shapes would broadcast."""
    if student_BC.ndim != 2 or student_BC.shape != teacher_BC.shape:
        raise InvalidSetting(
            "logits",
            expected="two tensors of the same shape (batch, classes)",
            got=said("{student} and {teacher}", tuple(student_BC.shape), tuple(teacher_BC.shape)),
            hint="choose a teacher and a student of the same task",
        )


def check_labels(student_BC: Tensor, labels_B: Tensor) -> None:
    """Raises InvalidSetting unless there is a class for each row."""
    if labels_B.shape != student_BC.shape[:1]:
        got = said("{labels} for {rows} rows", tuple(labels_B.shape), student_BC.shape[0])
        raise InvalidSetting("labels", expected="a class a row", got=got, hint="pass the labels of this batch")


def check_labelled_logits(student_BC: Tensor, teacher_BC: Tensor, labels_B: Tensor, temperature: float) -> None:
    """All three checks, for a term that needs a class for each row. Raises: InvalidSetting."""
    check_temperature(temperature)
    check_logits(student_BC, teacher_BC)
    check_labels(student_BC, labels_B)


def check_positions(positions: int) -> None:
    """Raises InvalidSetting for an answer an example, which is no map of answers."""
    if positions < 2:
        expected, hint = "two or more an example", "choose a task with a label at each position, as scenes"
        raise InvalidSetting("positions", expected=expected, got=positions, hint=hint)


def check_batches(student: Tensor, teacher: Tensor) -> None:
    """Raises InvalidSetting unless both have as many rows; their features may differ."""
    if min(student.ndim, teacher.ndim) < 2 or len(student) != len(teacher):
        got = said("{student} and {teacher}", tuple(student.shape), tuple(teacher.shape))
        hint = "pass the features of one batch"
        raise InvalidSetting("features", expected="a row an image, of the same images", got=got, hint=hint)
