"""``FeatureShapes`` from blueprints."""

from __future__ import annotations

from distill_core.lazy_torch import nn
from distill_core.methods.base import FeatureShapes
from distill_core.networks import Blueprint, profile


def pair_of(
    student: Blueprint, teacher: Blueprint | tuple[tuple[int, ...], ...], head: nn.Module | None = None
) -> FeatureShapes:
    """The tap shapes of two networks, with the teacher's head; ``teacher`` are its shapes themselves where it is no
    network of this lab."""
    own = tuple(tap.shape for tap in profile(student).taps)
    other = tuple(tap.shape for tap in profile(teacher).taps) if isinstance(teacher, Blueprint) else teacher
    images = student.input.is_image and (not isinstance(teacher, Blueprint) or teacher.input.is_image)
    return FeatureShapes(student_taps=own, teacher_taps=other, teacher_head=head, images=images)
