"""What a step of compression is: a described way to make a smaller network of another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn

    from distill_core.networks import Blueprint

__all__ = ["FAMILIES", "CompressionStep", "Settings", "StepInput", "StepResult"]

# In the order in which they are offered.
FAMILIES = ("splitting", "factorising", "pruning", "quantizing", "weights")


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """A step's own numbers and choices, complete: nothing is left to a default, nothing is there that is not used."""

    parameters: Mapping[str, float] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class StepInput:
    """What a step may look at. B images, C channels, H x W pixels.

    ``network`` is built from ``blueprint`` and stays as it is; ``target`` is what a step that resizes makes of it.
    ``images_BCHW`` are training images (normalised, float32) with ``labels_B`` (integers), for steps that ask how much
    a loss needs a channel. ``cost`` tells what a network costs: "macs", "parameters", and "latency" in ms.
    """

    network: nn.Module
    blueprint: Blueprint
    target: Blueprint
    images_BCHW: Tensor
    labels_B: Tensor
    seed: int
    cost: Mapping[str, Callable[[Blueprint], float]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class StepResult:
    """A new network in eval mode, its blueprint, and what the step tells about itself, as its largest error."""

    network: nn.Module
    blueprint: Blueprint
    notes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class CompressionStep:
    """``parameters`` are defaults within ``ranges``; of ``choices`` the first is the default; ``help`` has a sentence
    for each of both. ``whole`` names the parameters without a fraction. ``only`` names those that one choice alone
    uses, as ``{"energy": ("by", "energy")}``.

    ``file``: it is done on the exported file, to "int8" or "float16", and ``apply`` is None. ``check`` (source, target,
    settings) raises InvalidSetting, with the reason, where the step cannot be done; nothing has run then.

    ``resizes``: the target is another network than the source; else it is the same. ``keeps_zeros``: training after it
    leaves zeros as they are. ``shrinks`` names the parameter that tells about which share of the multiply-accumulates
    is left, which is all that is known of such a network before it is made. ``resets_weights``: nothing is left of what
    the source had learnt. ``weights_only``: the graph stays as it is, and is timed all the same.

    ``source`` names authors, year and title where ``paper``, an arXiv number, is empty.

    ``revision`` is kept by hand: one more wherever ``apply`` (or what makes the file) answers another network for the
    same source and settings, so that runs from before are no longer taken for the same.
    """

    name: str
    title: str
    teaches: str
    family: str
    check: Callable[[Blueprint, Blueprint, Settings], None]
    apply: Callable[[StepInput, Settings], StepResult] | None = None
    paper: str = ""
    source: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    help: Mapping[str, str] = field(default_factory=dict)
    whole: tuple[str, ...] = ()
    only: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    file: str | None = None
    resizes: bool = False
    shrinks: str | None = None
    keeps_zeros: bool = False
    resets_weights: bool = False
    weights_only: bool = False
    revision: int = 1
