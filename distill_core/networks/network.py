"""The form of the networks for images: named parts in a row, a stem, stages, a pool and a head."""

from __future__ import annotations

from collections import OrderedDict
from typing import TypeVar

from distill_core.lazy_torch import nn, ops

Network = TypeVar("Network", bound="nn.Module")


def sequential(parts: dict[str, nn.Module], taps: tuple[str, ...], *, channels_first: bool = False) -> nn.Sequential:
    """Parts one after another, from images (batch, channels, height, width) to logits (batch, classes).

    ``taps``, kept as an attribute, are the names of the parts whose outputs are stage features, in order; the last
    one gives the pooled embedding (batch, features) that the head takes. ``channels_first``, an attribute too: the
    others give (batch, channels, length), as Conv1d does, which counts as a map of height 1.
    """
    network = nn.Sequential(OrderedDict(parts))
    network.taps, network.channels_first = taps, channels_first  # type: ignore[assignment]
    return network


def flat_pool() -> nn.Sequential:
    """Mean over the image: (batch, features, height, width) to (batch, features)."""
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(1))


def token_mean() -> nn.Sequential:
    """Mean over the tokens: (batch, tokens, features) to (batch, features)."""
    return nn.Sequential(ops.Permute([0, 2, 1]), nn.AdaptiveAvgPool1d(1), nn.Flatten(1))


def initialise(network: Network) -> Network:
    """He initialisation of every convolution, from torch's default generator. Source: arXiv:1502.01852."""
    for part in network.modules():
        if isinstance(part, nn.Conv1d | nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
            if part.bias is not None:
                nn.init.zeros_(part.bias)
    return network
