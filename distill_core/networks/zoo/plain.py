"""A plain convolutional network: four 3x3 convolutions, nothing else."""

from __future__ import annotations

from distill_core.lazy_torch import nn, ops
from distill_core.networks.base import Architecture, scaled
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.network import flat_pool, initialise, sequential

TAPS = ("stage1", "stage2", "stage3", "pool")


def _build(blueprint: Blueprint) -> nn.Module:
    first, second, third = (scaled(channels, blueprint.width) for channels in (16, 32, 48))
    parts: dict[str, nn.Module] = {
        "stem": ops.Conv2dNormActivation(blueprint.channels, first, 3, stride=blueprint.stem_stride),
        "stage1": ops.Conv2dNormActivation(first, first, 3),
        "stage2": ops.Conv2dNormActivation(first, second, 3, stride=2),
        "stage3": ops.Conv2dNormActivation(second, third, 3, stride=2),
        "pool": flat_pool(),
        "head": nn.Linear(third, blueprint.classes),
    }
    return initialise(sequential(parts, TAPS))


ENTRIES = (
    Architecture(
        name="plain_cnn",
        title="Plain CNN",
        family="Plain",
        paper="1412.6806",
        teaches="Convolutions in a row without shortcuts: what a student does when no clever block helps it.",
        build=_build,
        widths=(0.5, 1.0, 2.0, 4.0),
        stem_strides=(1, 2),
    ),
)
