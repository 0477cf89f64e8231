"""One-dimensional networks: convolutions over time, for sequences of numbers (channels, length)."""

from __future__ import annotations

from distill_core.errors import said
from distill_core.lazy_torch import nn
from distill_core.networks.base import Architecture, scaled, unoffered
from distill_core.networks.blueprint import Blueprint
from distill_core.networks.network import initialise, sequential
from distill_core.tasks.base import InputSpec

KERNEL = 5
SHORTEST = 8
TAPS = ("stage1", "stage2", "stage3", "pool")


def accepts_sequences(entry: Architecture, given: InputSpec) -> None:
    """Numbers of shape (channels, length), at least 8 long."""
    if given.dtype != "float32" or len(given.shape) != 2 or given.shape[1] < SHORTEST:
        expected = said("numbers of shape (channels, length), at least {shortest} long", SHORTEST)
        raise unoffered(entry, "input", expected, said("{dtype} of shape {shape}", given.dtype, given.shape))


def _cnn(blueprint: Blueprint) -> nn.Module:
    first, second, third = (scaled(channels, blueprint.width) for channels in (64, 96, 128))
    parts: dict[str, nn.Module] = {
        "stage1": nn.Sequential(*_layer(blueprint.channels, first), nn.MaxPool1d(2)),
        "stage2": nn.Sequential(*_layer(first, second), nn.MaxPool1d(2)),
        "stage3": nn.Sequential(*_layer(second, third)),
        "pool": _mean(),
        "head": nn.Linear(third, blueprint.classes),
    }
    return initialise(sequential(parts, TAPS, channels_first=True))


def _depthwise(blueprint: Blueprint) -> nn.Module:
    wide = scaled(32, blueprint.width)
    parts: dict[str, nn.Module] = {
        "stem": nn.Sequential(*_layer(blueprint.channels, wide), nn.MaxPool1d(2)),
        "stage1": nn.Sequential(*_pair(wide), nn.MaxPool1d(2)),
        "stage2": nn.Sequential(*_pair(wide)),
        "stage3": nn.Sequential(*_pair(wide)),
        "pool": _mean(),
        "head": nn.Linear(wide, blueprint.classes),
    }
    return initialise(sequential(parts, TAPS, channels_first=True))


def _layer(inside: int, outside: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv1d(inside, outside, KERNEL, padding=KERNEL // 2, bias=False)
    return convolution, nn.BatchNorm1d(outside), nn.ReLU()


def _pair(wide: int) -> tuple[nn.Module, ...]:
    depthwise = nn.Conv1d(wide, wide, KERNEL, padding=KERNEL // 2, groups=wide, bias=False)
    mixing = nn.Conv1d(wide, wide, 1, bias=False)
    return depthwise, nn.BatchNorm1d(wide), mixing, nn.BatchNorm1d(wide), nn.ReLU()


def _mean() -> nn.Sequential:
    return nn.Sequential(nn.AdaptiveAvgPool1d(1), nn.Flatten(1))


ENTRIES = (
    Architecture(
        name="sequence_cnn",
        title="1-D CNN",
        family="One-dimensional",
        paper="1904.03814",
        teaches="Convolutions over time alone: each sees all coefficients of five frames, as if they were colours.",
        build=_cnn,
        accepts=accepts_sequences,
        widths=(0.25, 0.5, 1.0, 2.0),
    ),
    Architecture(
        name="sequence_depthwise",
        title="Depthwise 1-D CNN",
        family="One-dimensional",
        paper="2004.08531",
        teaches="Each channel is filtered over time by itself, then all are mixed frame by frame: with 6,000 weights "
        "it tells ten words apart.",
        build=_depthwise,
        accepts=accepts_sequences,
        widths=(0.25, 0.5, 1.0, 2.0),
    ),
)
