"""ShuffleNet V2 for small images: torchvision's split, transform and shuffle blocks, two halvings, a small head."""

from __future__ import annotations

from distill_core.lazy_torch import LazyModule, nn, ops
from distill_core.networks.base import Architecture, scaled
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.network import flat_pool, initialise, sequential

shufflenetv2 = LazyModule("torchvision.models.shufflenetv2")
STEM = 24
# Each row: channels, blocks, stride of the first block.
STAGES = ((24, 1, 1), (64, 3, 2), (128, 4, 2))
LAST = 256
TAPS = ("stage1", "stage2", "stage3", "pool")


def _build(blueprint: Blueprint) -> nn.Module:
    before, last = scaled(STEM, blueprint.width), scaled(LAST, blueprint.width)
    parts: dict[str, nn.Module] = {
        "stem": ops.Conv2dNormActivation(blueprint.channels, before, 3, stride=blueprint.stem_stride)
    }
    for i, (channels, blocks, stride) in enumerate(STAGES, 1):
        after = scaled(channels, blueprint.width)
        parts[f"stage{i}"] = _stage(before, after, blocks, stride=stride)
        before = after
    parts["last"] = ops.Conv2dNormActivation(before, last, 1)
    parts["pool"] = flat_pool()
    parts["head"] = nn.Linear(last, blueprint.classes)
    return initialise(sequential(parts, TAPS))


def _stage(before: int, after: int, blocks: int, *, stride: int) -> nn.Sequential:
    rest = (shufflenetv2.InvertedResidual(after, after, 1) for _ in range(blocks - 1))
    return nn.Sequential(shufflenetv2.InvertedResidual(before, after, stride), *rest)


ENTRIES = (
    Architecture(
        name="shufflenet_v2",
        title="ShuffleNetV2",
        family="ShuffleNet",
        paper="1807.11164",
        teaches="Half of the channels pass untouched, then all are shuffled: designed for speed, not for MACs.",
        build=_build,
        widths=(0.25, 0.5, 0.75, 1.0, 1.5),
        stem_strides=(1, 2),
    ),
)
