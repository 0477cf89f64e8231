"""What no step, or no step of a kind, can do; said before anything runs."""

from dataclasses import replace

from distill_core.errors import InvalidSetting, explain
from distill_core.networks import Blueprint, entry_of

__all__ = ["one_network", "own_head", "refused", "same"]


def one_network(title: str, source: Blueprint) -> None:
    """Raises InvalidSetting for an ensemble."""
    if source.members:
        raise refused(title, "one network", "an ensemble of several", "start from one of its members")


def own_head(title: str, source: Blueprint) -> None:
    """Raises InvalidSetting for a network whose head is its teacher's, and must keep the shape of that."""
    if source.teacher_head is not None:
        came, do = "one that ends in its teacher's head", "start from a student of another method"
        raise refused(title, "a network with a head of its own", came, do)


def same(title: str, source: Blueprint, target: Blueprint) -> None:
    """Raises InvalidSetting where the target is another network than the source; changes of either play no part."""
    if _recipe(source) != _recipe(target):
        wanted, do = f"the network that it starts from, {_named(source)}", "give the student that architecture"
        raise refused(title, wanted, _named(target), do)


def refused(title: str, wanted: str, came: object, do: str) -> InvalidSetting:
    return InvalidSetting(explain(title, wanted=wanted, came=came, do=do))


def _recipe(blueprint: Blueprint) -> Blueprint:
    return replace(blueprint, teacher_head=None, members=(), changes=())


def _named(blueprint: Blueprint) -> str:
    title, stride = entry_of(blueprint.architecture).title, blueprint.stem_stride
    return f"{title} (width {blueprint.width:g}, stem stride {stride}, {blueprint.classes} classes)"
