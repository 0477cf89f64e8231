"""What a loss reads, found by noise: an input that changes no part of a loss is not read.

Shapes: B batch, C classes.
"""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor, nn

from distill_core.methods import LossInputsUsed, Method
from distill_core.methods.base import DistillLoss, FeatureShapes, LossInputs, StepLoss
from distill_core.tasks import IGNORE

__all__ = ["probe"]

# Examples of a batch, and positions of each where a method compares these.
BATCH, POSITIONS, SEED = 4, 3, 0


def probe(method: Method, pair: FeatureShapes, classes: int) -> LossInputsUsed:
    """What the loss of a method at its defaults reads of a pair."""
    noise = _noise()
    positions = POSITIONS if method.needs_positions else 1
    first, second = (_inputs(pair, classes, noise, turn, positions) for turn in range(2))
    heads = [_head(pair, classes, noise) for _ in range(2)]
    loss = _built(method, replace(pair, teacher_head=heads[0]))
    settled = _parts(loss, first)

    def moves(**changes: object) -> bool:
        return _differ(_own(_parts(loss, replace(first, **changes))), _own(settled))  # type: ignore[arg-type]

    bare = replace(first, targets_B=torch.full((BATCH * positions,), IGNORE))
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


def _inputs(pair: FeatureShapes, classes: int, noise: Callable[..., Tensor], turn: int, positions: int) -> LossInputs:
    """A batch of noise; another ``turn`` differs in every input."""
    rows = BATCH * positions
    return LossInputs(
        student_BC=noise(rows, classes),
        teacher_BC=noise(rows, classes),
        targets_B=(torch.arange(rows) + turn) % classes,
        progress=0.5,
        positions=positions,
        student_taps=tuple(noise(BATCH, *shape) for shape in pair.student_taps),
        teacher_taps=tuple(noise(BATCH, *shape) for shape in pair.teacher_taps),
        peers=(noise(rows, classes),),
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
    assert torch.isfinite(found.total)
    return found


def _own(loss: StepLoss) -> dict[str, Tensor]:
    return {name: part for name, part in loss.parts.items() if name != "hard"}


def _differ(one: object, other: object) -> bool:
    assert isinstance(one, dict)
    assert isinstance(other, dict)
    return any(bool(one[name] != other[name]) for name in one)


def _module(loss: DistillLoss) -> list[tuple[str, Tensor]]:
    return list(loss.named_parameters()) if isinstance(loss, nn.Module) else []
