"""Which stages of two networks a method holds against each other, with their shapes."""

from dataclasses import dataclass

from distill_core.methods import LossInputsUsed
from distill_core.methods.feature_maps import paired_stages
from distill_core.reports.teaching.activations import PairActivations

__all__ = ["Stage", "Stages", "hold"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One stage of one network; ``used``: the method looks at it."""

    name: str
    shape: tuple[int, ...]
    used: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Stages:
    """``pairs`` are places of the student's and of the teacher's stages that are held against each other."""

    student: tuple[Stage, ...]
    teacher: tuple[Stage, ...]
    pairs: tuple[tuple[int, int], ...]


def hold(looks: PairActivations, asks: LossInputsUsed) -> Stages:
    """All stages of both networks, early to late, the pooled embedding last."""
    pair = looks.pair
    last = (len(pair.student_taps) - 1, len(pair.teacher_taps) - 1)
    known = [*paired_stages(pair), last]
    return Stages(
        student=_stages(looks.stages[0], pair.student_taps, asks.student_taps),
        teacher=_stages(looks.stages[1], pair.teacher_taps, asks.teacher_taps),
        pairs=tuple((own, other) for own, other in known if asks.student_taps[own] and asks.teacher_taps[other]),
    )


def _stages(names: tuple[str, ...], shapes: tuple[tuple[int, ...], ...], used: tuple[bool, ...]) -> tuple[Stage, ...]:
    return tuple(
        Stage(name=name, shape=shape, used=looked) for name, shape, looked in zip(names, shapes, used, strict=True)
    )
