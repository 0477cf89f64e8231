"""Ensembles: the mean of the probabilities of several networks. Only teachers can be ensembles.

Shapes: B batch, C classes, H x W pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.networks.base import Architecture
from distill_core.networks.blueprint import Blueprint


def mean_logits(each: Sequence[Tensor]) -> Tensor:
    """(..., C), from the logits (..., C) of each member: the logarithm of the mean of their probabilities at T = 1.

    Computed in the log domain, so that probabilities near 0 stay finite.
    Source: Hinton, Vinyals, Dean 2015 (arXiv:1503.02531), section 1, the arithmetic mean.
    """
    return torch.stack(list(each)).log_softmax(-1).logsumexp(0) - math.log(len(each))


def ensemble_of(members: Sequence[nn.Module]) -> nn.Module:
    """A network whose softmax is the mean of the members' probabilities; it has no stages."""

    class Ensemble(nn.Module):
        taps: tuple[str, ...] = ()

        def __init__(self) -> None:
            super().__init__()
            self.members = nn.ModuleList(members)

        def forward(self, images_BCHW: Tensor) -> Tensor:
            return mean_logits([_in_float32(member(images_BCHW)) for member in self.members])

    return Ensemble()


def _in_float32(logits_BC: Tensor) -> Tensor:
    # Not a cast that does nothing: an exported graph would keep it, and could no more be turned to float16.
    return logits_BC if logits_BC.dtype == torch.float32 else logits_BC.float()


def _no_single_network(blueprint: Blueprint) -> nn.Module:
    raise NotImplementedError(f"an ensemble is built from its members: {blueprint}")


ENSEMBLE = Architecture(
    name="ensemble",
    title="Ensemble",
    family="Ensemble",
    paper="1503.02531",
    teaches="Networks that answer as one, with the mean of their probabilities: they seldom err on the same example.",
    build=_no_single_network,
)
