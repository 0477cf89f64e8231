"""A depthwise CNN: 3x3 convolutions of single channels, 1x1 convolutions that mix them."""

from __future__ import annotations

from distill_core.lazy_torch import nn, ops
from distill_core.networks.base import Architecture, scaled
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.network import flat_pool, initialise, sequential

CHANNELS = (16, 32, 48, 48, 112)
TAPS = ("stage1", "stage2", "stage3", "pool")


def _build(blueprint: Blueprint) -> nn.Module:
    stem, first, second, third, last = (scaled(channels, blueprint.width) for channels in CHANNELS)
    parts: dict[str, nn.Module] = {
        "stem": ops.Conv2dNormActivation(blueprint.channels, stem, 3, stride=blueprint.stem_stride),
        "stage1": _pair(stem, first, stride=1),
        "stage2": nn.Sequential(_pair(first, second, stride=2), _pair(second, third, stride=1)),
        "stage3": _pair(third, last, stride=2),
        "pool": flat_pool(),
        "head": nn.Linear(last, blueprint.classes),
    }
    return initialise(sequential(parts, TAPS))


def _pair(before: int, after: int, *, stride: int) -> nn.Sequential:
    depthwise = ops.Conv2dNormActivation(before, before, 3, stride=stride, groups=before)
    return nn.Sequential(depthwise, ops.Conv2dNormActivation(before, after, 1))


ENTRIES = (
    Architecture(
        name="depthwise_cnn",
        title="Depthwise CNN",
        family="MobileNet",
        paper="1704.04861",
        teaches="Splitting a convolution in two saves most of its work; the few weights left need a good teacher.",
        build=_build,
        widths=(0.5, 1.0, 2.0, 4.0),
        stem_strides=(1, 2),
        light=True,
    ),
)
