"""A small Inception: GoogLeNet's modules behind a 3x3 stem, two modules at each of two resolutions."""

from __future__ import annotations

from distill_core.lazy_torch import LazyModule, nn
from distill_core.networks.base import Architecture
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.network import flat_pool, initialise, sequential

googlenet = LazyModule("torchvision.models.googlenet")
# Each row: 1x1; 1x1 before 3x3, 3x3; 1x1 before the second 3x3 (GoogLeNet's 5x5), its outputs; 1x1 after the pool.
Widths = tuple[int, int, int, int, int, int]
STAGE2: tuple[Widths, ...] = ((32, 32, 64, 12, 24, 24), (48, 40, 72, 12, 32, 32))
STAGE3: tuple[Widths, ...] = ((96, 72, 144, 24, 48, 48), (128, 96, 192, 32, 64, 64))
TAPS = ("stage1", "stage2", "stage3", "pool")


def _build(blueprint: Blueprint) -> nn.Module:
    parts: dict[str, nn.Module] = {
        "stem": googlenet.BasicConv2d(blueprint.channels, 24, kernel_size=3, stride=blueprint.stem_stride, padding=1),
        "stage1": googlenet.BasicConv2d(24, 48, kernel_size=3, padding=1),
        "stage2": _stage(48, STAGE2),
        "stage3": _stage(_outputs(STAGE2[-1]), STAGE3),
        "pool": flat_pool(),
        "head": nn.Linear(_outputs(STAGE3[-1]), blueprint.classes),
    }
    return initialise(sequential(parts, TAPS))


def _stage(before: int, modules: tuple[Widths, ...]) -> nn.Sequential:
    parts: list[nn.Module] = [nn.MaxPool2d(3, stride=2, padding=1)]
    for module in modules:
        parts.append(googlenet.Inception(before, *module))
        before = _outputs(module)
    return nn.Sequential(*parts)


def _outputs(module: Widths) -> int:
    narrow, _, middle, _, wide, pooled = module
    return narrow + middle + wide + pooled


ENTRIES = (
    Architecture(
        name="inception_small",
        title="Inception, small",
        family="Inception",
        paper="1409.4842",
        teaches="Four branches look at every place at several scales: a teacher of another kind than its students.",
        build=_build,
        stem_strides=(1, 2),
    ),
)
