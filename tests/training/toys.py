"""Architectures that no shipped task has: one that draws in a recurrent layer, one that answers for every pixel."""

import pytest
from torch import Tensor, nn

from distill_core.networks import ARCHITECTURES, Architecture, Blueprint

__all__ = ["PIXELS", "RECURRENT", "register"]

HIDDEN = 8


class Recurrent(nn.Module):
    """The rows of an image as a sequence, with dropout between two layers of an LSTM."""

    taps = ("last",)

    def __init__(self, blueprint: Blueprint) -> None:
        super().__init__()
        self.lstm = nn.LSTM(blueprint.size_px, HIDDEN, num_layers=2, dropout=0.2, batch_first=True)
        self.last = nn.Identity()
        self.head = nn.Linear(HIDDEN, blueprint.classes)

    def forward(self, images_BCHW: Tensor) -> Tensor:
        states_BHD, _ = self.lstm(images_BCHW.flatten(1, 2))
        logits_BC: Tensor = self.head(self.last(states_BHD[:, -1]))
        return logits_BC


class Pixels(nn.Module):
    """A class for each pixel: logits (B, C, H, W)."""

    taps = ("stem", "pooled")

    def __init__(self, blueprint: Blueprint) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(blueprint.channels, HIDDEN, 3, padding=1), nn.ReLU())
        self.pooled = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Conv2d(HIDDEN, blueprint.classes, 1)

    def forward(self, images_BCHW: Tensor) -> Tensor:
        maps_BDHW = self.stem(images_BCHW)
        logits_BCHW: Tensor = self.head(maps_BDHW + 0 * self.pooled(maps_BDHW)[:, :, None, None])
        return logits_BCHW


def _entry(name: str, build: type[nn.Module]) -> Architecture:
    return Architecture(name=name, title=name, family="toy", paper="", teaches="", build=build)


RECURRENT, PIXELS = _entry("toy_recurrent", Recurrent), _entry("toy_pixels", Pixels)


def register(monkeypatch: pytest.MonkeyPatch, *entries: Architecture) -> None:
    """Offers the toys for one test."""
    known = {entry.name: entry for entry in (*ARCHITECTURES, *entries)}
    monkeypatch.setattr(ARCHITECTURES, "_entries", known)
