"""Builders of losses on logits: ``hard_weight`` times cross-entropy plus ``weight`` times a method's own term."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature

from distill_core.errors import InvalidSetting, Names
from distill_core.lazy_torch import Tensor, torch
from distill_core.methods.base import DistillLoss, FeatureShapes, LossInputs, Settings, StepLoss
from distill_core.methods.losses import labelled_cross_entropy
from distill_core.methods.standardization import compared_logits
from distill_core.spec.parameters import Parameter
from distill_core.tasks import IGNORE

LARGEST_WEIGHT = 1000.0
# Where the term itself is tiny.
LARGE_WEIGHT = 100_000.0
# References that warm up do so over 20 of 240 epochs.
WARMUP_FRACTION = 1 / 12

Term = Callable[[LossInputs, Settings], "Tensor"]


def weight(default: float, high: float = LARGEST_WEIGHT) -> Parameter:
    """The weight of a term."""
    return Parameter(default, 0.0, high)


def weights(hard: float, term: float, high: float = LARGEST_WEIGHT) -> dict[str, Parameter]:
    """The weights of cross-entropy and of the method's own term."""
    return {"hard_weight": weight(hard), "weight": weight(term, high)}


def weighted(term: Term, name: str = "soft") -> Callable[[Settings, FeatureShapes], DistillLoss]:
    """Builds the loss of a method from its term, which is called ``name`` in the live chart."""

    def build(settings: Settings, pair: FeatureShapes) -> DistillLoss:
        return lambda inputs: cross_entropy_plus(settings, inputs, term(inputs, settings), name)

    return build


def on_logits(
    term: Callable[..., Tensor], name: str = "soft", *, per_example: bool = False
) -> Callable[[Settings, FeatureShapes], DistillLoss]:
    """The same for a function of both networks' logits, and of ``labels_B``, a class for each row, where it has that
    parameter. Its keyword arguments come from the settings. ``per_example``: as the method's."""
    needs_labels = "labels_B" in signature(term).parameters

    def build(settings: Settings, pair: FeatureShapes) -> DistillLoss:
        numbers = numbers_of(term, settings)

        def loss(inputs: LossInputs) -> StepLoss:
            labels = (labels_or_pseudo_labels(inputs),) if needs_labels else ()
            own = term(*compared_logits(inputs, settings, per_example=per_example), *labels, **numbers)
            return cross_entropy_plus(settings, inputs, own, name)

        return loss

    return build


def numbers_of(term: Callable[..., object], settings: Settings) -> dict[str, float]:
    """The settings that a function takes as keyword-only arguments."""
    arguments = signature(term).parameters.values()
    keywords = (argument.name for argument in arguments if argument.kind is argument.KEYWORD_ONLY)
    return {name: settings.numbers[name] for name in keywords if name in settings.numbers}


def cross_entropy_plus(settings: Settings, inputs: LossInputs, term: Tensor, name: str, share: float = 1.0) -> StepLoss:
    """The weighted sum of cross-entropy and a method's own term, with both as parts; ``share`` of its weight counts.

    Raises: InvalidSetting for a method whose parameters lack ``weights``.
    """
    numbers = settings.parameters
    hard = labelled_cross_entropy(inputs.student_BC, inputs.targets_B)
    if not {"hard_weight", "weight"} <= numbers.keys():
        expected, hint = "hard_weight and weight among them", "give the Method parameters={**weights(1.0, 1.0), ...}"
        raise InvalidSetting("parameters", expected=expected, got=Names(numbers) or "none", hint=hint)
    weights = {"hard": numbers["hard_weight"], name: share * numbers["weight"]}
    return StepLoss(parts={"hard": hard, name: term}, weights=weights)


def linear_warmup(progress: float) -> float:
    """The fraction of a term's weight at ``progress``: from 0 to 1 within ``WARMUP_FRACTION``, then 1."""
    return min(1.0, progress / WARMUP_FRACTION)


def labels_or_pseudo_labels(inputs: LossInputs) -> Tensor:
    """(B,) classes for terms that need one: the target, or the class that the teacher predicts where there is none."""
    assert inputs.teacher_BC is not None
    return torch.where(inputs.targets_B == IGNORE, inputs.teacher_BC.argmax(1), inputs.targets_B)
