"""What the loss of a method reads, from the method's entry."""

from __future__ import annotations

import math
from dataclasses import dataclass

from distill_core.lazy_torch import nn, torch
from distill_core.methods.base import FeatureShapes, Method


@dataclass(frozen=True, kw_only=True, slots=True)
class LossInputsUsed:
    """``student_taps`` and ``teacher_taps``: whether the method's own term reads each tap, the pooled embedding last.
    ``labels``: the loss at its defaults reads labels; ``own_labels``: its own term needs a class for each row;
    ``unlabelled``: rows without a label teach too. ``trainable``: names and shapes of the loss's own parameters."""

    logits: bool
    student_taps: tuple[bool, ...]
    teacher_taps: tuple[bool, ...]
    head: bool = False
    labels: bool = True
    own_labels: bool = False
    unlabelled: bool = False
    trainable: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @property
    def trainable_parameters(self) -> int:
        """The number of the loss's own parameters."""
        return sum(math.prod(shape) for _, shape in self.trainable)


def loss_inputs_used(method: Method, pair: FeatureShapes) -> LossInputsUsed:
    """What the loss at the method's defaults reads of a pair that the method fits. Raises: InvalidSetting otherwise.

    torch's default generator is not used, so that a page may ask while a network trains.
    """
    with torch.device("meta"):
        loss = method.build(method.default_settings, pair)
    student, teacher = zip(*method.stages(pair), strict=True) if method.stages else ((), ())
    parameters = loss.named_parameters() if isinstance(loss, nn.Module) else ()
    return LossInputsUsed(
        logits=method.uses_logits,
        student_taps=tuple(place in student for place in range(len(pair.student_taps))),
        teacher_taps=tuple(place in teacher for place in range(len(pair.teacher_taps))),
        head=method.uses_teacher_head,
        labels=not method.uses_mixup and method.defaults.get("hard_weight") != 0,
        own_labels=method.needs_classes,
        unlabelled=method.uses_teacher or method.mutual,
        trainable=tuple((name, tuple(parameter.shape)) for name, parameter in parameters),
    )
