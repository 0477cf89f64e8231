"""A student of every method, for a cohort that has them all."""

from dataclasses import replace

import numpy as np
from torch import nn

from distill_core.methods import Method, resolve_settings
from distill_core.methods.feature_shapes import pair_of
from distill_core.networks import Blueprint
from distill_core.spec import Student
from distill_core.training.student import StudentConfig

__all__ = ["configs"]


def configs(method: Method, student: Blueprint, teacher: Blueprint, head: nn.Module, count: int) -> list[StudentConfig]:
    """Students of a method on ``count`` examples, half of them labelled: one, or two where they teach each other."""
    own = replace(student, teacher_head=teacher) if method.reuses_teacher_head else student
    settings = resolve_settings(method, Student(name="a", architecture=student.architecture, method=method.name))
    keys = tuple(f"{method.name} {number}/0" for number in range(2 if method.mutual else 1))
    return [
        StudentConfig(
            run=key,
            student=key.split("/")[0],
            blueprint=own,
            loss=method.build(settings, pair_of(own, teacher, head)),
            uses_teacher=method.uses_teacher,
            seed=0,
            visible_M=np.arange(count),
            labelled_N=np.arange(count) % 2 == 0,
            uses_rng=method.uses_rng,
            features=method.features,
            teacher_head=head if method.reuses_teacher_head else None,
            peers=keys if method.mutual else (),
            initial=number,
            uses_mixup=method.uses_mixup,
        )
        for number, key in enumerate(keys)
    ]
