"""A plain convolutional network: four 3x3 convolutions, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from distill_core.networks.base import Architecture, scaled
from distill_core.networks.blueprint import Blueprint

if TYPE_CHECKING:
    from torch import nn

TAPS = ("stage1", "stage2", "stage3", "pool")


def _build(blueprint: Blueprint) -> nn.Module:
    from torch import nn
    from torchvision.ops import Conv2dNormActivation

    from distill_core.networks.network import flat_pool, initialise, sequential

    first, second, third = (scaled(channels, blueprint.width) for channels in (16, 32, 48))
    parts: dict[str, nn.Module] = {
        "stem": Conv2dNormActivation(blueprint.channels, first, 3, stride=blueprint.stem_stride),
        "stage1": Conv2dNormActivation(first, first, 3),
        "stage2": Conv2dNormActivation(first, second, 3, stride=2),
        "stage3": Conv2dNormActivation(second, third, 3, stride=2),
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
