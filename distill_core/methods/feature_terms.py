"""Builders of losses on features: cross-entropy plus a term that reads the taps of both networks."""

from __future__ import annotations

from collections.abc import Callable

from distill_core.lazy_torch import Tensor, nn
from distill_core.methods.base import DistillLoss, FeatureShapes, LossInputs, Settings, StepLoss
from distill_core.methods.logit_terms import cross_entropy_plus, numbers_of

# A term with its settings, made for a pair.
FeatureTerm = Callable[[LossInputs], "Tensor"]


def _constant(_progress: float) -> float:
    """1 at every progress: no warm-up."""
    return 1.0


def on_features(
    term: Callable[[FeatureShapes, Settings], FeatureTerm], name: str
) -> Callable[[Settings, FeatureShapes], DistillLoss]:
    """Builds ``hard_weight`` times cross-entropy plus ``weight`` times a term without weights of its own."""

    def build(settings: Settings, pair: FeatureShapes) -> DistillLoss:
        feature_term = term(pair, settings)
        return lambda inputs: cross_entropy_plus(settings, inputs, feature_term(inputs), name)

    return build


def on_embeddings(term: Callable[..., Tensor], name: str) -> Callable[[Settings, FeatureShapes], DistillLoss]:
    """The same for a function of the two pooled embeddings; its keyword arguments come from the settings."""

    def made(_pair: FeatureShapes, settings: Settings) -> FeatureTerm:
        numbers = numbers_of(term, settings)
        return lambda inputs: term(inputs.student_taps[-1], inputs.teacher_taps[-1], **numbers)

    return on_features(made, name)


def learned_feature_loss(
    make: Callable[[FeatureShapes], nn.Module], name: str, *, share: Callable[[float], float] = _constant
) -> Callable[[Settings, FeatureShapes], DistillLoss]:
    """Builds the same with a term that is an ``nn.Module`` of the inputs, whose parameters train with the student.

    ``share``: the fraction of the term's weight, 0 to 1, by the progress.
    """

    def build(settings: Settings, pair: FeatureShapes) -> DistillLoss:
        class Along(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.term = make(pair)

            def forward(self, inputs: LossInputs) -> StepLoss:
                return cross_entropy_plus(settings, inputs, self.term(inputs), name, share(inputs.progress))

        return Along()

    return build
