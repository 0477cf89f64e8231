"""The stages of two networks that a method compares, with their shapes."""

from dataclasses import dataclass

from distill_core.methods import LossInputsUsed
from distill_core.methods.base import StagePairs
from distill_core.reports.teaching.activations import PairActivations


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """A stage of a network; ``used``: the method uses it."""

    name: str
    shape: tuple[int, ...]
    used: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Stages:
    """``pairs``: indices of the student's and the teacher's stages that are compared."""

    student: tuple[Stage, ...]
    teacher: tuple[Stage, ...]
    pairs: StagePairs


def hold(looks: PairActivations, asks: LossInputsUsed, pairs: StagePairs) -> Stages:
    """All stages of both networks, early to late, the pooled embedding last."""
    pair = looks.pair
    return Stages(
        student=_stages(looks.stages[0], pair.student_taps, asks.student_taps),
        teacher=_stages(looks.stages[1], pair.teacher_taps, asks.teacher_taps),
        pairs=pairs,
    )


def _stages(names: tuple[str, ...], shapes: tuple[tuple[int, ...], ...], used: tuple[bool, ...]) -> tuple[Stage, ...]:
    return tuple(
        Stage(name=name, shape=shape, used=looked) for name, shape, looked in zip(names, shapes, used, strict=True)
    )
