"""``CompressionStep``: a described function that makes a smaller network from another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from distill_core.lazy_torch import Tensor, nn
from distill_core.networks import Blueprint
from distill_core.spec import Change
from distill_core.spec.parameters import Choice, Parameter, resolve, resolve_choices

# In the order in which forms offer them.
FAMILIES = ("splitting", "factorising", "pruning", "quantizing", "weights")


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """A step's complete parameters and choices: with all defaults filled in, and only those that are used."""

    parameters: Mapping[str, float] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class StepInput:
    """The input of a step. B examples; the name ``images_BCHW`` is that of images, (B, C, H, W), and holds recordings
    (B, C, T) and tokens (B, T) of other tasks too.

    ``network`` is built from ``blueprint`` and must not be changed; ``target`` is the result's blueprint of a step that
    resizes. ``images_BCHW`` are training examples as networks take them, with ``labels_B`` (integers), for importance
    by loss. ``cost`` maps "macs", "parameters" and "latency" (ms) to a function of a blueprint.
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
    """A new network in eval mode, its blueprint, and numbers that the step reports, as its largest error."""

    network: nn.Module
    blueprint: Blueprint
    notes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class CompressionStep:
    """A step with its ``parameters`` and ``choices`` by name.

    ``file``: the step converts the exported file to "int8" or "float16", and ``apply`` is None. ``check`` (source,
    target, settings) raises InvalidSetting, with the reason, where the step is impossible, before anything runs.

    ``resizes``: the target's architecture or width differs from the source's. ``keeps_zeros``: later training keeps
    zeros. ``shrinks``: the parameter that gives about the share of multiply-accumulates left, for estimates before the
    network is made. ``resets_weights``: all weights are re-initialised. ``weights_only``: the graph is unchanged and
    timed all the same. ``labelled``: it asks the labels of its examples, and so takes those that the student may see.

    ``source``: authors, year and title where ``paper`` (arXiv number) is empty. Raise ``revision`` by hand whenever
    ``apply`` (or what makes the file) returns another network for the same input, so that older runs are not reused.
    """

    name: str
    title: str
    teaches: str
    family: str
    check: Callable[[Blueprint, Blueprint, Settings], None]
    apply: Callable[[StepInput, Settings], StepResult] | None = None
    paper: str = ""
    source: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    choices: Mapping[str, Choice] = field(default_factory=dict)
    file: str | None = None
    resizes: bool = False
    shrinks: str | None = None
    keeps_zeros: bool = False
    resets_weights: bool = False
    weights_only: bool = False
    labelled: bool = True
    revision: int = 1


def resolve_settings(step: CompressionStep, change: Change) -> Settings:
    """The change's settings with the step's defaults, without parameters that its choices do not use.

    Raises: InvalidSetting for a name that the step does not have or, with these choices, does not use, and for a value
    out of range.
    """
    choices = resolve_choices(step.name, step.choices, change.choices)
    return Settings(parameters=resolve(step.name, step.parameters, change.parameters, choices), choices=choices)
