"""A CNN over tokens: an embedding, two convolutions, and the largest answer of each channel."""

from __future__ import annotations

from distill_core.lazy_torch import nn, ops
from distill_core.networks.base import Architecture, accepts_tokens, scaled
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.network import sequential

CHANNELS = (16, 32, 48)
TAPS = ("stage1", "stage2", "pool")


def _build(blueprint: Blueprint) -> nn.Module:
    first, second, third = (scaled(channels, blueprint.width) for channels in CHANNELS)
    parts: dict[str, nn.Module] = {
        "stem": nn.Sequential(nn.Embedding(blueprint.input.vocabulary or 2, first), ops.Permute([0, 2, 1])),
        "stage1": _stage(first, second, 5),
        "stage2": _stage(second, third, 3),
        "pool": nn.Sequential(nn.AdaptiveMaxPool1d(1), nn.Flatten(1)),
        "head": nn.Linear(third, blueprint.classes),
    }
    return sequential(parts, TAPS, channels_first=True)


def _stage(before: int, after: int, kernel: int) -> nn.Sequential:
    convolution = nn.Conv1d(before, after, kernel, padding=kernel // 2, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm1d(after), nn.ReLU(), nn.MaxPool1d(2))


ENTRIES = (
    Architecture(
        name="byte_cnn",
        title="Byte CNN",
        family="Text",
        paper="1408.5882",
        teaches="Convolutions over bytes find short runs of letters: small enough for a keyboard, with little memory.",
        build=_build,
        widths=(0.5, 1.0, 2.0, 4.0),
        accepts=accepts_tokens,
    ),
)
