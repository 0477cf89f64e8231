"""Preconditions that several steps check before anything runs."""

from collections.abc import Callable
from dataclasses import replace

from distill_core.compression.base import Settings
from distill_core.errors import InvalidSetting, said
from distill_core.networks import Blueprint, entry_of


def one_network(title: str, source: Blueprint) -> None:
    """Raise InvalidSetting for an ensemble."""
    if source.members:
        raise refused(title, "one network", "an ensemble of several", "start from one of its members")


def own_head(title: str, source: Blueprint) -> None:
    """Raise InvalidSetting for a network with its teacher's head, whose shape must not change."""
    if source.teacher_head is not None:
        got, hint = "its teacher's head", "start from a student of another method"
        raise refused(title, "a network with a head of its own", got, hint)


def same(title: str, source: Blueprint, target: Blueprint) -> None:
    """Raise InvalidSetting where the target's architecture or sizes differ from the source's, layer changes aside."""
    if _plain(source) != _plain(target):
        expected, hint = (
            said("the network that it starts from, {named}", _named(source)),
            "give the student that architecture",
        )
        raise refused(title, expected, _named(target), hint)


def unchanged_form(title: str) -> Callable[[Blueprint, Blueprint, Settings], None]:
    """The check of a step that keeps the form of one network."""

    def check(source: Blueprint, target: Blueprint, _settings: Settings) -> None:
        one_network(title, source)
        same(title, source, target)

    return check


def refused(title: str, expected: str, got: object, hint: str) -> InvalidSetting:
    return InvalidSetting(title, expected=expected, got=got, hint=hint)


def _plain(blueprint: Blueprint) -> Blueprint:
    return replace(blueprint, teacher_head=None, members=(), changes=())


def _named(blueprint: Blueprint) -> str:
    title, stride = entry_of(blueprint.architecture).title, blueprint.stem_stride
    return f"{title} (width {blueprint.width:g}, stem stride {stride}, {blueprint.classes} classes)"
