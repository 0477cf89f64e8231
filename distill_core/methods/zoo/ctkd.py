"""CTKD: a temperature that is learnt to raise the student's loss. Shapes: B batch, C classes."""

from __future__ import annotations

import math
from dataclasses import replace

from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.methods.base import DistillLoss, FeatureShapes, LossInputs, Method, Settings, StepLoss
from distill_core.methods.logit_terms import cross_entropy_plus, weights
from distill_core.methods.losses import softened_kl
from distill_core.methods.pictures import Compared, PairActivations, softened
from distill_core.methods.standardization import compared_logits
from distill_core.spec.parameters import Parameter

# The reference raises the strength over 10 of 240 epochs.
SHARE = 1 / 24


def reversal(progress: float) -> float:
    """λ, how strongly the temperature works against the student: a cosine from 0 to 1, then 1.

    ``progress`` is the fraction of the updates that are done. Source: Li et al. 2023 (arXiv:2211.16231).
    """
    return 0.5 * (1 - math.cos(math.pi * min(1.0, progress / SHARE)))


def reversed_gradient(value: Tensor, strength: float) -> Tensor:
    """The same value to the last bit; its gradient is ``-strength`` times what comes back.

    Source: Ganin, Lempitsky 2015 (arXiv:1409.7495), section 3.
    """
    return value.detach() - strength * (value - value.detach())


def starting_temperature(start: float, reach: float) -> float:
    """T = 1 + ``reach`` · σ(``start``), before anything is learnt."""
    return 1 + reach / (1 + math.exp(-start))


def _ctkd(settings: Settings, pair: FeatureShapes) -> DistillLoss:
    numbers = settings.parameters

    class LearntTemperature(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.theta = nn.Parameter(torch.tensor(float(numbers["start"])))

        @property
        def temperature(self) -> float:
            """T as it stands."""
            return float(self._temperature(self.theta.detach()))

        def _temperature(self, theta: Tensor) -> Tensor:
            return 1 + numbers["range"] * theta.sigmoid()

        def forward(self, inputs: LossInputs) -> StepLoss:
            learnt = self._temperature(reversed_gradient(self.theta, reversal(inputs.progress)))
            # Not checked: where the training diverges T is NaN, and so is the loss, which the loop reports.
            own = softened_kl(*compared_logits(inputs, settings), temperature=learnt)
            step = cross_entropy_plus(settings, inputs, own, "soft")
            return replace(step, readings={"temperature": float(learnt.detach())})

    return LearntTemperature()


def _picture(settings: Settings, activations: PairActivations) -> Compared:
    temperature = starting_temperature(settings.parameters["start"], settings.parameters["range"])
    picture = softened(replace(settings, temperature=temperature), activations)
    return replace(picture, what=f"probability at T = {temperature:.1f}, where it starts to learn T")


ENTRIES = (
    Method(
        name="ctkd",
        title="Curriculum temperature",
        paper="2211.16231",
        year=2023,
        teaches="The temperature is learnt too, to make the task hard: gently at first, then with full strength.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,T^2\,\mathrm{KL}(p_t^{(T)} \| p_s^{(T)}),"
        r"\quad T = 1 + r\,\sigma(\theta),\quad \dot\theta \propto +\lambda\,\partial_\theta \mathcal{L}",
        symbols={
            "r": "range",
            r"\sigma": "logistic function",
            r"\theta": "what is learnt; it begins at start",
            r"\lambda": "strength of the reversed gradient, from 0 to 1",
        },
        uses_teacher=True,
        standardizes=True,
        parameters={**weights(0.1, 0.9), "start": Parameter(1.0, -10.0, 10.0), "range": Parameter(20.0, 0.0, 99.0)},
        units={"hard": "nats", "soft": "nats"},
        picture=_picture,
        build=_ctkd,
    ),
)
