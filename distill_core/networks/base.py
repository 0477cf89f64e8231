"""``Architecture``: a described recipe for a network; ``Profile``: the size of a built one. Free of torch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from distill_core.errors import InvalidSetting, said
from distill_core.lazy_torch import nn
from distill_core.networks.blueprint import Blueprint
from distill_core.tasks.base import InputSpec

SIZES_PX = (8, 64)
CHANNELS = (1, 3)
TOKENS = (8, 256)
VOCABULARY = (2, 1024)


def accepts_images(entry: Architecture, given: InputSpec) -> None:
    """Square images of 8 to 64 px with 1 or 3 channels."""
    if not given.is_image:
        raise unoffered(entry, "input", "square images", said("{dtype} of shape {shape}", given.dtype, given.shape))
    channels, size_px, _ = given.shape
    if channels not in CHANNELS:
        raise unoffered(entry, "image channels", either(CHANNELS), channels)
    if not SIZES_PX[0] <= size_px <= SIZES_PX[1]:
        raise unoffered(entry, "image side", said("{low} to {high} px", SIZES_PX[0], SIZES_PX[1]), size_px)
    if size_px % entry.size_multiple_px:
        raise unoffered(entry, "image side", said("a multiple of {size} px", entry.size_multiple_px), size_px)


def accepts_tokens(entry: Architecture, given: InputSpec) -> None:
    """Rows of 8 to 256 ids from a vocabulary of up to 1,024, of which 0 is padding."""
    if given.dtype != "int64" or len(given.shape) != 1:
        raise unoffered(entry, "input", "rows of tokens", said("{dtype} of shape {shape}", given.dtype, given.shape))
    for what, (low, high), got in (("tokens", TOKENS, given.shape[0]), ("vocabulary", VOCABULARY, given.vocabulary)):
        if not low <= (got or 0) <= high:
            raise unoffered(entry, what, said("{low} to {high}", low, high), got)


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """A recipe for a network, with its description for forms and lessons.

    Forms offer ``widths`` and ``stem_strides``; where there is more than one width, any between the smallest and the
    largest is accepted. ``options`` are the names of further options that the recipe reads.
    ``accepts`` raises InvalidSetting for an input that the recipe cannot take. ``size_multiple_px`` divides every image
    side that the recipe can take.
    ``dense_prediction``: it answers for each position of the input (arXiv:1411.4038), others once an example.
    ``shortcut_inputs``: the fewest inputs of a strided 1x1 convolution at width 1, which the width multiplies; 0 where
    it has none.
    ``stages``: what stands before its embedding: maps, tokens (rows of features, whose order is that of the input), or
    nothing.
    ``signed``: its embedding may be negative, since no ReLU stands before the pool.
    ``light``: at width 1 and less, on images of up to 28 px, it is small (``machine.is_small``) and draws no random
    numbers, which is then known without torch. ``thread_dependent``: the last bits of its answers follow the number of
    threads. ``typical_macs``: its multiply-accumulates at width 1 on the images that it is mostly given, for estimates
    before torch is there; ``slowness``: how many times as long one of them takes as in a ResNet. ``redraws_weights``:
    its recipe draws all weights anew after torch's own start. ``n3``: it is made of the embeddings that N3 regularises
    (``training/n3.py``).
    Raise ``revision`` by hand whenever the same seed makes another network (layers, initial weights, memory order), so
    that older runs are not reused.
    """

    name: str
    title: str
    family: str
    paper: str
    teaches: str
    build: Callable[[Blueprint], nn.Module]
    widths: tuple[float, ...] = (1.0,)
    stem_strides: tuple[int, ...] = (1,)
    options: tuple[str, ...] = ()
    accepts: Callable[[Architecture, InputSpec], None] = accepts_images
    dense_prediction: bool = False
    shortcut_inputs: int = 0
    stages: Literal["maps", "tokens", "none"] = "maps"
    size_multiple_px: int = 1
    signed: bool = False
    light: bool = False
    thread_dependent: bool = False
    redraws_weights: bool = False
    n3: bool = False
    typical_macs: int = 2_500_000
    slowness: float = 1.0
    revision: int = 1

    def takes(self, given: InputSpec, positions: tuple[int, ...] = ()) -> bool:
        """Whether it accepts an input and answers for these positions of it."""
        try:
            self.check_shapes(given, positions)
        except InvalidSetting:
            return False
        return True

    def check_shapes(self, given: InputSpec, positions: tuple[int, ...]) -> None:
        """Raises: InvalidSetting for an input that it does not accept, or positions that it does not answer for."""
        self.accepts(self, given)
        if self.dense_prediction != bool(positions):
            expected = "a task with a label a position" if self.dense_prediction else "a task with one label an example"
            got = said("{count} labels an example", math.prod(positions)) if positions else "one label an example"
            raise unoffered(self, "labels", expected, got)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """A named stage feature; ``shape`` is that of one example, without the batch."""

    name: str
    stage: int
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Parameters, multiply-accumulates for one example, and taps of a network."""

    parameters: int
    macs: int
    taps: tuple[Tap, ...]


def scaled(channels: int, width: float, divisor: int = 8) -> int:
    """``channels`` times ``width``, a multiple of ``divisor`` that is never more than 10 % below.

    Source: MobileNetV2's reference code; multiples keep vectorised convolutions full.
    """
    exact = channels * width
    near = max(divisor, int(exact + divisor / 2) // divisor * divisor)
    return near if near >= 0.9 * exact else near + divisor


def unoffered(entry: Architecture, what: str, expected: str, got: object) -> InvalidSetting:
    """The error for a setting or an input that an architecture does not offer."""
    hint = said("choose one that {name} offers, or another architecture", entry.title)
    return InvalidSetting(said("{name}: {what}", entry.title, what), expected=expected, got=got, hint=hint)


def either(choices: tuple[int, ...]) -> str:
    return " or ".join(str(choice) for choice in choices)
