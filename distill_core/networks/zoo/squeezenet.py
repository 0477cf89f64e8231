"""SqueezeNet for small images: torchvision's Fire modules, with a norm before each of their activations.

The paper trains without norms, slowly and at a low learning rate; students of one experiment share one schedule.
"""

from __future__ import annotations

from distill_core.lazy_torch import LazyModule, nn, ops
from distill_core.networks.base import Architecture, scaled
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.network import flat_pool, initialise, sequential

squeezenet = LazyModule("torchvision.models.squeezenet")
STEM = 32
# Each pair: channels of the squeeze, channels of each of its two expansions.
STAGES: tuple[tuple[tuple[int, int], ...], ...] = (((8, 32),), ((16, 64), (16, 64)), ((32, 128), (32, 128)))
TAPS = ("stage1", "stage2", "stage3", "pool")


def _build(blueprint: Blueprint) -> nn.Module:
    before = scaled(STEM, blueprint.width, 4)
    parts: dict[str, nn.Module] = {
        "stem": ops.Conv2dNormActivation(blueprint.channels, before, 3, stride=blueprint.stem_stride)
    }
    for i, rows in enumerate(STAGES, 1):
        widths = [(scaled(squeeze, blueprint.width, 4), scaled(expand, blueprint.width, 4)) for squeeze, expand in rows]
        parts[f"stage{i}"] = _stage(before, widths, halve=i > 1)
        before = 2 * widths[-1][1]
    parts["pool"] = flat_pool()
    parts["head"] = nn.Linear(before, blueprint.classes)
    return initialise(sequential(parts, TAPS))


def _stage(before: int, widths: list[tuple[int, int]], *, halve: bool) -> nn.Sequential:
    parts: list[nn.Module] = [nn.MaxPool2d(3, stride=2, padding=1)] if halve else []
    for squeeze, expand in widths:
        parts.append(_fire(before, squeeze, expand))
        before = 2 * expand
    return nn.Sequential(*parts)


def _fire(before: int, squeeze: int, expand: int) -> nn.Module:
    fire: nn.Module = squeezenet.Fire(before, squeeze, expand, expand)
    for name, after in (("squeeze", squeeze), ("expand1x1", expand), ("expand3x3", expand)):
        getattr(fire, name).bias = None  # the norm brings its own
        setattr(fire, f"{name}_activation", nn.Sequential(nn.BatchNorm2d(after), nn.ReLU(inplace=True)))
    return fire


ENTRIES = (
    Architecture(
        name="squeezenet",
        title="SqueezeNet",
        family="SqueezeNet",
        paper="1602.07360",
        teaches="Squeeze to a few channels before each 3x3 convolution: few weights, ordinary convolutions.",
        build=_build,
        widths=(0.5, 0.75, 1.0, 1.5),
        stem_strides=(1, 2),
    ),
)
