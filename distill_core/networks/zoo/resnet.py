"""ResNets for small images: three stages of basic blocks behind a 3x3 stem.

Widths, projection shortcuts (1x1 convolution and norm) and names follow He et al. 2015, section 4.2, and RepDistiller.
"""

from __future__ import annotations

from functools import partial

from distill_core.lazy_torch import LazyModule, nn, ops
from distill_core.networks.base import Architecture
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.network import flat_pool, initialise, sequential

resnet = LazyModule("torchvision.models.resnet")
PAPER = "1512.03385"
NARROW = (16, 16, 32, 64)
WIDE = (32, 64, 128, 256)
WIDTHS = (0.25, 0.5, 0.75, 1.0)
TAPS = ("stage1", "stage2", "stage3", "pool")


def _build(blueprint: Blueprint, *, depth: int, channels: tuple[int, int, int, int]) -> nn.Module:
    blocks = (depth - 2) // 6
    stem, first, second, third = (max(1, round(blueprint.width * count)) for count in channels)
    parts: dict[str, nn.Module] = {
        "stem": ops.Conv2dNormActivation(blueprint.channels, stem, 3, stride=blueprint.stem_stride),
        "stage1": _stage(stem, first, blocks, stride=1),
        "stage2": _stage(first, second, blocks, stride=2),
        "stage3": _stage(second, third, blocks, stride=2),
        "pool": flat_pool(),
        "head": nn.Linear(third, blueprint.classes),
    }
    return initialise(sequential(parts, TAPS))


def _stage(before: int, after: int, blocks: int, *, stride: int) -> nn.Sequential:
    shortcut = None
    if stride != 1 or before != after:
        shortcut = ops.Conv2dNormActivation(before, after, 1, stride=stride, activation_layer=None)
    first = resnet.BasicBlock(before, after, stride, shortcut)
    return nn.Sequential(first, *(resnet.BasicBlock(after, after) for _ in range(blocks - 1)))


def _entry(name: str, depth: int, channels: tuple[int, int, int, int], teaches: str) -> Architecture:
    title = f"ResNet-{name.removeprefix('resnet').replace('x4', ' x4')}"
    build = partial(_build, depth=depth, channels=channels)
    return Architecture(
        name=name,
        title=title,
        family="ResNet",
        paper=PAPER,
        teaches=teaches,
        build=build,
        widths=WIDTHS,
        stem_strides=(1, 2),
        shortcut_inputs=channels[1],
        light=name == "resnet8",
        redraws_weights=True,
    )


ENTRIES = (
    _entry("resnet8", 8, NARROW, "The smallest residual network: one block a stage, a student that has much to gain."),
    _entry("resnet14", 14, NARROW, "Two blocks a stage: see what a second block adds to a distilled ResNet-8."),
    _entry("resnet20", 20, NARROW, "The usual student of distillation papers, and already a good small teacher."),
    _entry("resnet32", 32, NARROW, "A middle size: a teacher for small students, or an assistant between two sizes."),
    _entry(
        "resnet44", 44, NARROW, "More depth at the same width: accuracy grows slowly, latency grows with each block."
    ),
    _entry("resnet56", 56, NARROW, "The usual teacher of ResNet-20: the same blocks, three times as many."),
    _entry(
        "resnet110", 110, NARROW, "Very deep and narrow: a better teacher on paper that a small student may not follow."
    ),
    _entry("resnet8x4", 8, WIDE, "Shallow and wide: more parameters than ResNet-56, yet few steps one after another."),
    _entry("resnet32x4", 32, WIDE, "Deep and wide: the strong teacher whose student is usually ResNet-8 x4."),
)
