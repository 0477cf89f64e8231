"""MobileNet V2 and V3 for small images: torchvision's inverted residuals, fewer halvings, a small head."""

from __future__ import annotations

from distill_core.lazy_torch import LazyModule, nn, ops
from distill_core.networks.base import Architecture, scaled
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.network import flat_pool, initialise, sequential

mobilenetv2 = LazyModule("torchvision.models.mobilenetv2")
mobilenetv3 = LazyModule("torchvision.models.mobilenetv3")
STEM = 16
TAPS = ("stage1", "stage2", "stage3", "pool")

# V2, each row: expansion, channels, stride.
V2_STAGES: tuple[tuple[tuple[int, int, int], ...], ...] = (
    ((1, 16, 1),),
    ((6, 24, 2), (6, 24, 1)),
    ((6, 40, 2), (6, 40, 1), (6, 64, 1), (6, 64, 1)),
)
V2_LAST = 160

# V3, each row: kernel, expanded channels, channels, squeeze-and-excitation, activation, stride.
V3_STAGES: tuple[tuple[tuple[int, int, int, bool, str, int], ...], ...] = (
    ((3, 16, 16, True, "RE", 1),),
    ((3, 72, 24, False, "RE", 2), (3, 88, 24, False, "RE", 1)),
    (
        (5, 96, 40, True, "HS", 2),
        (5, 240, 40, True, "HS", 1),
        (5, 240, 40, True, "HS", 1),
        (5, 120, 48, True, "HS", 1),
        (5, 144, 48, True, "HS", 1),
    ),
)
V3_LAST = 288


def _build_v2(blueprint: Blueprint) -> nn.Module:
    before = scaled(STEM, blueprint.width)
    stages: list[nn.Sequential] = []
    for rows in V2_STAGES:
        blocks = []
        for expansion, channels, stride in rows:
            after = scaled(channels, blueprint.width)
            blocks.append(mobilenetv2.InvertedResidual(before, after, stride, expansion))
            before = after
        stages.append(nn.Sequential(*blocks))
    return _assemble(blueprint, stages, before, V2_LAST, nn.ReLU6)


def _build_v3(blueprint: Blueprint) -> nn.Module:
    before = STEM
    stages: list[nn.Sequential] = []
    for rows in V3_STAGES:
        blocks = []
        for kernel, expanded, after, squeeze, activation, stride in rows:
            row = mobilenetv3.InvertedResidualConfig(
                before, kernel, expanded, after, squeeze, activation, stride, 1, blueprint.width
            )
            blocks.append(mobilenetv3.InvertedResidual(row, nn.BatchNorm2d))
            before = after
        stages.append(nn.Sequential(*blocks))
    return _assemble(blueprint, stages, scaled(before, blueprint.width), V3_LAST, nn.Hardswish)


def _assemble(
    blueprint: Blueprint, stages: list[nn.Sequential], before: int, last: int, activation: type[nn.Module]
) -> nn.Module:
    stem, last = scaled(STEM, blueprint.width), scaled(last, blueprint.width)
    parts: dict[str, nn.Module] = {
        "stem": ops.Conv2dNormActivation(
            blueprint.channels, stem, 3, stride=blueprint.stem_stride, activation_layer=activation
        ),
        **{f"stage{i}": stage for i, stage in enumerate(stages, 1)},
        "last": ops.Conv2dNormActivation(before, last, 1, activation_layer=activation),
        "pool": flat_pool(),
        "head": nn.Linear(last, blueprint.classes),
    }
    return initialise(sequential(parts, TAPS))


ENTRIES = (
    Architecture(
        name="mobilenet_v2",
        title="MobileNetV2",
        family="MobileNet",
        paper="1801.04381",
        teaches="Wide inside, narrow between: inverted residuals spend work where channels mix and save it elsewhere.",
        build=_build_v2,
        widths=(0.25, 0.5, 0.75, 1.0, 1.5),
        stem_strides=(1, 2),
    ),
    Architecture(
        name="mobilenet_v3_small",
        title="MobileNetV3 small",
        family="MobileNet",
        paper="1905.02244",
        teaches="Inverted residuals that also weigh their channels by the whole image (squeeze and excitation).",
        build=_build_v3,
        widths=(0.25, 0.5, 0.75, 1.0, 1.5),
        stem_strides=(1, 2),
        signed=True,
    ),
)
