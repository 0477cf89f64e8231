"""U-Nets: a label for each pixel, from maps that shrink by max-pooling and grow again, with skip connections.

Bilinear interpolation stands in the place of the paper's transposed convolutions, and padding keeps the size.
"""

from __future__ import annotations

from functools import partial

from distill_core.lazy_torch import F, Tensor, nn, ops, torch
from distill_core.networks.base import Architecture, scaled
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.network import initialise, sequential

PAPER = "1505.04597"
NARROW, WIDE = (8, 16, 32), (12, 32, 64, 128)


def _build(blueprint: Blueprint, *, channels: tuple[int, ...]) -> nn.Module:
    wide = [scaled(count, blueprint.width, 4) for count in channels]
    # From the deepest maps, which see most of the image, to those that the head reads.
    taps = [".".join(("unet", *["inner"] * depth)) for depth in reversed(range(len(wide)))]
    parts = {"unet": _level(blueprint.channels, wide), "head": nn.Conv2d(wide[0], blueprint.classes, 1)}
    return initialise(sequential(parts, tuple(taps)))


def _level(before: int, channels: list[int]) -> nn.Module:
    """Maps of the input's size with ``channels[0]`` channels; deeper levels have half the side each."""

    class Level(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            own, inner = channels[0], channels[1]
            self.encode, self.inner = _convolutions(before, own), _level(own, channels[1:])
            self.decode = _convolutions(own + inner, own)

        def forward(self, maps: Tensor) -> Tensor:
            skipped = self.encode(maps)
            deep = self.inner(F.max_pool2d(skipped, 2))
            grown = F.interpolate(deep, scale_factor=2.0, mode="bilinear", align_corners=False)
            return self.decode(torch.cat([skipped, grown], 1))  # type: ignore[no-any-return]

    return Level() if len(channels) > 1 else _convolutions(before, channels[0])


def _convolutions(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(ops.Conv2dNormActivation(before, after, 3), ops.Conv2dNormActivation(after, after, 3))


# Many pixels and few channels: batch norms and what is enlarged take as long as the convolutions.
SLOWNESS = 2.3


def _entry(name: str, title: str, channels: tuple[int, ...], teaches: str, *, typical_macs: int) -> Architecture:
    return Architecture(
        name=name,
        title=title,
        family="U-Net",
        paper=PAPER,
        teaches=teaches,
        build=partial(_build, channels=channels),
        widths=(0.5, 1.0, 2.0),
        size_multiple_px=2 ** (len(channels) - 1),
        dense_prediction=True,
        redraws_weights=True,
        typical_macs=typical_macs,
        slowness=SLOWNESS,
    )


ENTRIES = (
    _entry(
        "unet",
        "U-Net",
        WIDE,
        "Four sizes of maps: the deepest knows what stands there, the skips where it ends.",
        typical_macs=83_000_000,
    ),
    _entry(
        "unet_small",
        "U-Net, small",
        NARROW,
        "Three sizes of maps and few channels: a U-Net for a phone.",
        typical_macs=16_200_000,
    ),
)
