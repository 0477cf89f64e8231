"""What an architecture says about itself, and what a built network measures; free of torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

    from distill_core.networks.blueprint import Blueprint

__all__ = ["Architecture", "Profile", "Tap", "scaled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A recipe for a network, with what a picker and a lesson say about it.

    ``widths`` and ``stem_strides`` are what a picker offers; where there is more than one width, any between the
    smallest and the largest is accepted. ``size_multiple_px`` divides every image side that the recipe can take.
    ``shortcut_inputs``: the fewest inputs of a strided 1x1 convolution at width 1, which the width multiplies; 0 where
    it has none.
    ``signed``: its embedding may be negative, since no ReLU stands before the pool.
    ``revision`` is kept by hand: one more wherever the same seed makes a network that answers or trains otherwise
    (layers, initial weights, memory order), so that runs from before are no longer taken for the same.
    """

    name: str
    title: str
    family: str
    paper: str
    teaches: str
    build: Callable[[Blueprint], nn.Module]
    widths: tuple[float, ...] = (1.0,)
    stem_strides: tuple[int, ...] = (1,)
    shortcut_inputs: int = 0
    size_multiple_px: int = 1
    signed: bool = False
    revision: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """A named stage feature; ``shape`` is that of one image, without the batch."""

    name: str
    stage: int
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Size and work of a network; ``macs`` are multiply-accumulates for one image."""

    parameters: int
    macs: int
    taps: tuple[Tap, ...]


def scaled(channels: int, width: float, divisor: int = 8) -> int:
    """``channels`` times ``width``, a multiple of ``divisor`` that is never more than 10 % below.

    Source: MobileNetV2's reference code; multiples keep vectorised convolutions full.
    """
    expected = channels * width
    near = max(divisor, int(expected + divisor / 2) // divisor * divisor)
    return near if near >= 0.9 * expected else near + divisor
