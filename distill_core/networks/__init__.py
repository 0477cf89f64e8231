"""Architectures of students and teachers. Importing this does not import torch.

A new one is a file with ``ENTRIES`` in ``zoo``, named in its ``MODULES``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from distill_core.errors import InvalidSetting, Names, said
from distill_core.lazy_torch import nn
from distill_core.networks import activations, ensemble, layer_changes, profiling, randomness, teacher_head
from distill_core.networks.base import Architecture, Profile, Tap, either, unoffered
from distill_core.networks.blueprint import Blueprint, LayerChange
from distill_core.networks.ensemble import ENSEMBLE
from distill_core.networks.profiling import forward_features
from distill_core.networks.zoo import MODULES
from distill_core.registry import Registry
from distill_core.tasks.base import InputSpec

__all__ = [
    "ARCHITECTURES",
    "Architecture",
    "Blueprint",
    "LayerChange",
    "Profile",
    "Tap",
    "build",
    "check",
    "entry_of",
    "forward_features",
    "profile",
    "saved_bytes",
    "taking",
    "uses_rng",
]

ARCHITECTURES: Registry[Architecture] = Registry("architecture")
for module in MODULES:
    ARCHITECTURES.add(*module.ENTRIES)

CLASSES = (2, 1000)


def entry_of(name: str) -> Architecture:
    """The entry of an architecture, or that of ensembles. Raises UnknownName."""
    return ENSEMBLE if name == ENSEMBLE.name else ARCHITECTURES.get(name)


def taking(given: InputSpec, positions: tuple[int, ...] = ()) -> tuple[Architecture, ...]:
    """The architectures that accept an input and answer for these positions of it, in the order of forms."""
    return tuple(entry for entry in ARCHITECTURES if entry.takes(given, positions))


def check(blueprint: Blueprint) -> Architecture:
    """The entry of a blueprint that can be built. Raises UnknownName or InvalidSetting; needs no torch."""
    if blueprint.members:
        return _check_members(blueprint)
    entry = ARCHITECTURES.get(blueprint.architecture)
    if not CLASSES[0] <= blueprint.classes <= CLASSES[1]:
        raise unoffered(entry, "classes", said("{low} to {high}", CLASSES[0], CLASSES[1]), blueprint.classes)
    entry.check_shapes(blueprint.input, blueprint.positions)
    _check_options(entry, blueprint)
    layer_changes.check_changes(blueprint.changes)
    if blueprint.teacher_head is not None:
        _check_teacher_head(entry, blueprint, blueprint.teacher_head)
    return entry


def build(blueprint: Blueprint) -> nn.Module:
    """A network with random weights from torch's default generator; the caller seeds it.

    Its ``taps`` name the parts whose outputs are stage features; the last is the embedding that the head takes.
    Raises: UnknownName or InvalidSetting where the blueprint cannot be built.
    """
    entry = check(blueprint)
    if blueprint.members:
        return ensemble.ensemble_of([build(member) for member in blueprint.members])
    network = layer_changes.changed(entry.build(blueprint), blueprint.changes)
    if blueprint.teacher_head is None:
        return network
    own, other = profile(replace(blueprint, teacher_head=None)), profile(blueprint.teacher_head)
    return teacher_head.with_teacher_head(
        network, own, other, classes=blueprint.classes, signed=_is_signed(blueprint.teacher_head)
    )


@lru_cache(maxsize=1024)
def profile(blueprint: Blueprint) -> Profile:
    """Parameters, multiply-accumulates of one example and the taps' shapes."""
    return profiling.measure(blueprint, build)


@lru_cache(maxsize=1024)
def saved_bytes(blueprint: Blueprint) -> int:
    """Bytes that a training step saves of one example for its backward pass."""
    return activations.measure_saved_bytes(blueprint, build)


@lru_cache(maxsize=1024)
def uses_rng(blueprint: Blueprint) -> bool:
    """Whether the network draws random numbers in training mode, as for dropout."""
    return randomness.measure_rng_use(blueprint, build)


def _is_signed(blueprint: Blueprint) -> bool:
    """Whether the embedding may be negative; that of a network with a teacher's head is like the teacher's."""
    return (
        _is_signed(blueprint.teacher_head)
        if blueprint.teacher_head
        else ARCHITECTURES.get(blueprint.architecture).signed
    )


def _check_members(blueprint: Blueprint) -> Architecture:
    if blueprint.changes:
        expected, hint = "an ensemble of networks as they are", "compress its members one by one"
        raise InvalidSetting(ENSEMBLE.title, expected=expected, got="layers that were changed", hint=hint)
    for member in blueprint.members:
        check(member)
    return ENSEMBLE


def _check_options(entry: Architecture, blueprint: Blueprint) -> None:
    low, high = min(entry.widths), max(entry.widths)
    if not low <= blueprint.width <= high:
        raise unoffered(
            entry,
            "width",
            said("{value:g}", low) if low == high else said("{low:g} to {high:g}", low, high),
            blueprint.width,
        )
    if blueprint.option("stem_stride") not in entry.stem_strides:
        raise unoffered(entry, "stem stride", either(entry.stem_strides), blueprint.stem_stride)
    known = ("width", "stem_stride", *entry.options)
    for name, _ in blueprint.options:
        if name not in known:
            raise unoffered(entry, "options", said("some of {known}", Names(known)), name)


def _check_teacher_head(entry: Architecture, blueprint: Blueprint, head: Blueprint) -> None:
    if head.members:
        raise unoffered(entry, "the network whose head it takes", "one network", "an ensemble, which has no head")
    check(head)
    own, other = ((each.classes, *each.input.shape) for each in (blueprint, head))
    if own != other:
        raise unoffered(entry, "classes and input of the network whose head it takes", str(own), other)
