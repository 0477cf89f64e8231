"""What a method asks of a pair of networks, found by trying: an input that changes no part of a loss is not used.

Shapes: B batch, C classes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from distill_core.errors import InvalidSetting
from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.methods.base import DistillLoss, FeatureShapes, LossInputs, Method, StepLoss
from distill_core.tasks import IGNORE

BATCH, SEED = 4, 0


class CannotProbe(Exception):
    """Noise tells nothing of this loss: the method is described by what its entry declares."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LossInputsUsed:
    """``student_taps`` and ``teacher_taps`` tell of each stage whether the method's own term looks at it, the pooled
    embedding last. ``labels``: the loss uses them at all; ``own_labels``: its own term needs the class of an image;
    ``unlabelled``: images without a label teach too. ``trainable``: names and shapes of the numbers that train along.

    ``probed`` is False where the loss could not be tried alone: what is told then is what the entry declares.
    """

    logits: bool
    student_taps: tuple[bool, ...]
    teacher_taps: tuple[bool, ...]
    head: bool = False
    labels: bool = True
    own_labels: bool = False
    unlabelled: bool = False
    trainable: tuple[tuple[str, tuple[int, ...]], ...] = ()
    probed: bool = True

    @property
    def trainable_parameters(self) -> int:
        """How many numbers train along."""
        return sum(math.prod(shape) for _, shape in self.trainable)


def probe_loss(method: Method, pair: FeatureShapes, classes: int) -> LossInputsUsed:
    """What the loss of a method at its defaults looks at, for a pair whose ``teacher_head`` is there.

    torch's own generator stays as it is, so that a page may ask while another network trains.
    """
    try:
        return _probe(method, pair, classes)
    except (CannotProbe, InvalidSetting):
        taps = (method.features,)
        own, other = taps * len(pair.student_taps), taps * len(pair.teacher_taps)
        return LossInputsUsed(
            logits=method.uses_teacher,
            student_taps=own,
            teacher_taps=other,
            unlabelled=method.uses_teacher,
            probed=False,
        )


def _probe(method: Method, pair: FeatureShapes, classes: int) -> LossInputsUsed:
    if method.uses_rng:
        raise CannotProbe("its loss would take numbers from torch's generator")
    noise = _noise()
    first, second = (_inputs(pair, classes, noise, turn) for turn in range(2))
    heads = [_head(pair, classes, noise) for _ in range(2)]
    loss = _built(method, replace(pair, teacher_head=heads[0]))
    settled = _parts(loss, first)

    def moves(**changes: object) -> bool:
        return _differ(_own(_parts(loss, replace(first, **changes))), _own(settled))  # type: ignore[arg-type]

    bare = replace(first, targets_B=torch.full((BATCH,), IGNORE))
    mute = replace(bare, student_BC=second.student_BC, student_taps=second.student_taps)
    turned = replace(first, targets_B=second.targets_B)
    return LossInputsUsed(
        logits=moves(teacher_BC=second.teacher_BC),
        student_taps=_used(first.student_taps, second.student_taps, lambda taps: moves(student_taps=taps)),
        teacher_taps=_used(first.teacher_taps, second.teacher_taps, lambda taps: moves(teacher_taps=taps)),
        head=_differ(_parts(_built(method, replace(pair, teacher_head=heads[1])), first).parts, settled.parts),
        labels=bool(_parts(loss, turned).total != settled.total),
        own_labels=moves(targets_B=second.targets_B),
        unlabelled=bool(_parts(loss, bare).total != _parts(loss, mute).total),
        trainable=tuple((name, tuple(one.shape)) for name, one in _module(loss)),
    )


def _used(
    first: tuple[Tensor, ...], second: tuple[Tensor, ...], moves: Callable[[tuple[Tensor, ...]], bool]
) -> tuple[bool, ...]:
    """Of each tap, whether another one in its place moves the loss."""
    return tuple(moves((*first[:place], second[place], *first[place + 1 :])) for place in range(len(first)))


def _noise() -> Callable[..., Tensor]:
    generator = torch.Generator().manual_seed(SEED)
    return lambda *shape: torch.randn(shape, generator=generator)


def _inputs(pair: FeatureShapes, classes: int, noise: Callable[..., Tensor], turn: int) -> LossInputs:
    """A batch of noise; another ``turn`` differs in every input."""
    return LossInputs(
        student_BC=noise(BATCH, classes),
        teacher_BC=noise(BATCH, classes),
        targets_B=(torch.arange(BATCH) + turn) % classes,
        progress=0.5,
        student_taps=tuple(noise(BATCH, *shape) for shape in pair.student_taps),
        teacher_taps=tuple(noise(BATCH, *shape) for shape in pair.teacher_taps),
        peers=(noise(BATCH, classes),),
    )


def _head(pair: FeatureShapes, classes: int, noise: Callable[..., Tensor]) -> nn.Module | None:
    if not pair.teacher_taps or len(pair.teacher_taps[-1]) != 1:
        return None
    return _filled(nn.Linear(pair.teacher_taps[-1][0], classes, device="meta"), noise)


def _built(method: Method, pair: FeatureShapes) -> DistillLoss:
    with torch.device("meta"):
        loss = method.build(method.default_settings, pair)
    return _filled(loss, _noise()) if isinstance(loss, nn.Module) else loss


def _filled(module: nn.Module, noise: Callable[..., Tensor]) -> nn.Module:
    """The module in memory, with numbers that torch's own generator has no part in."""
    module.to_empty(device="cpu")
    for part in module.modules():
        for name, one in list(part.named_parameters(recurse=False)):
            setattr(part, name, nn.Parameter(0.1 * noise(*one.shape)))
    return module


def _parts(loss: DistillLoss, inputs: LossInputs) -> StepLoss:
    with torch.no_grad():
        found = loss(inputs)
    if not bool(torch.isfinite(found.total)):
        raise CannotProbe("noise has no finite loss here")
    return found


def _own(loss: StepLoss) -> dict[str, Tensor]:
    return {name: part for name, part in loss.parts.items() if name != "hard"}


def _differ(one: object, other: object) -> bool:
    assert isinstance(one, dict)
    assert isinstance(other, dict)
    return any(bool(one[name] != other[name]) for name in one)


def _module(loss: DistillLoss) -> list[tuple[str, Tensor]]:
    return list(loss.named_parameters()) if isinstance(loss, nn.Module) else []
