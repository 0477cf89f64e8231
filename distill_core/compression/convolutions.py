"""The convolutions of a network that can be factored, their costs, and their ranks.

Shapes: a kernel is O x I x H x W, outputs, inputs, height, width; the height is 1 where it has one axis.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from distill_core.compression.build import on_meta
from distill_core.compression.preconditions import refused
from distill_core.errors import said
from distill_core.lazy_torch import Tensor, nn, torch
from distill_core.networks import Blueprint, profile
from distill_core.networks.example import example_input

Ranks = tuple[int, ...]
HALVINGS = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class ConvSite:
    """A convolution's sizes: channels, and the number of pixels of its kernel, its input and its output."""

    inputs: int
    outputs: int
    kernel_px: int
    read_px: int
    written_px: int

    @property
    def macs(self) -> int:
        return self.written_px * self.kernel_px * self.inputs * self.outputs


Cost = Callable[[ConvSite, Ranks], int]


def factorable(network: nn.Module) -> dict[str, nn.Conv1d | nn.Conv2d]:
    """Convolutions by name, without the first, 1x1 and grouped ones."""
    convolutions = [(name, part) for name, part in network.named_modules() if isinstance(part, nn.Conv1d | nn.Conv2d)]
    return {name: part for name, part in convolutions[1:] if part.groups == 1 and _pixels(part) > 1}


def conv_sites(blueprint: Blueprint) -> dict[str, ConvSite]:
    """The sizes of each convolution that can be factored, by name."""
    network, sites = on_meta(blueprint), {}

    def keep(name: str) -> Callable[[nn.Conv1d | nn.Conv2d, tuple[Tensor, ...], Tensor], None]:
        def hook(part: nn.Conv1d | nn.Conv2d, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            sites[name] = ConvSite(
                inputs=part.in_channels,
                outputs=part.out_channels,
                kernel_px=_pixels(part),
                read_px=inputs[0][0, 0].numel(),
                written_px=output[0, 0].numel(),
            )

        return hook

    for name, part in factorable(network).items():
        part.register_forward_hook(keep(name))
    with torch.no_grad():
        network(example_input(blueprint).to("meta"))
    return sites


def kernel(weight: Tensor) -> np.ndarray:
    """The kernel in float64, so that factors of full rank reproduce every float32 exactly. ``weight``: O x I x H x W,
    or O x I x W of a convolution over one axis."""
    whole: np.ndarray = weight.detach().cpu().double().numpy()
    return whole[:, :, None] if whole.ndim == 3 else whole


def ranks_at(squares: np.ndarray, energy: float) -> int:
    """The least number (1 or more) of squared singular values, largest first, whose sum is the share ``energy``."""
    if energy >= 1:
        return len(squares)
    return min(len(squares), int(np.searchsorted(np.cumsum(squares), energy * squares.sum())) + 1)


def fewest_macs(blueprint: Blueprint, cost: Cost, least: Ranks) -> float:
    """The share of the network's multiply-accumulates that is left with the least ranks everywhere."""
    total, saved = profile(blueprint).macs, 0
    for place in conv_sites(blueprint).values():
        saved += max(0, place.macs - cost(place, least))
    return (total - saved) / total


def best_energy(
    blueprint: Blueprint, cost: Cost, ranks: Callable[[float], Mapping[str, Ranks]], keep: float
) -> tuple[float, dict[str, Ranks]]:
    """The highest energy that keeps at most the share ``keep`` of the multiply-accumulates, and the ranks of the
    convolutions that get cheaper; the others are not factored. Raises: InvalidSetting where even the least ranks cost
    more.
    """
    sites, total = conv_sites(blueprint), profile(blueprint).macs

    def cheaper(energy: float) -> dict[str, Ranks]:
        return {name: each for name, each in ranks(energy).items() if cost(sites[name], each) < sites[name].macs}

    def fits(energy: float) -> bool:
        saved = sum(sites[name].macs - cost(sites[name], each) for name, each in cheaper(energy).items())
        return total - saved <= keep * total

    low, high = 0.0, 1.0
    if not fits(low):
        raise refused("keep", "a share that factors can reach", said("{value:g}", keep), "choose a larger one")
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low, cheaper(low)


def _pixels(part: nn.Conv1d | nn.Conv2d) -> int:
    return math.prod(part.kernel_size)
