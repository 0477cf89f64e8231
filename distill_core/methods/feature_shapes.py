"""``FeatureShapes`` from blueprints."""

from __future__ import annotations

from distill_core.lazy_torch import nn
from distill_core.methods.base import FeatureShapes
from distill_core.networks import Blueprint, profile


def pair_of(student: Blueprint, teacher: Blueprint, head: nn.Module | None = None) -> FeatureShapes:
    """The tap shapes of two networks, with the teacher's head."""
    student_taps, teacher_taps = (
        tuple(tap.shape for tap in profile(blueprint).taps) for blueprint in (student, teacher)
    )
    images = student.input.is_image and teacher.input.is_image
    return FeatureShapes(student_taps=student_taps, teacher_taps=teacher_taps, teacher_head=head, images=images)
