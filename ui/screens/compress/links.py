"""A link of a chain as plain JSON: what it does, and what it uses of its settings."""

from collections.abc import Mapping
from typing import Any

from distill_core.compression import STEPS, CompressionStep
from distill_core.methods import METHODS, Method
from distill_core.spec.parameters import Choice, Parameter
from distill_core.templates.compression_chain import TrainingStage
from ui.forms.spec_form import default
from ui.text import titles
from ui.text.language import N_, _

__all__ = ["GONE", "TRAIN", "choice", "fitting", "kind", "kinds", "method", "methods", "of_kind", "step", "used"]

# What a link does, beside the names of the steps.
TRAIN = "train"
# In place of the number of a link that was removed: whoever took its network says so, and takes none.
GONE = N_("a step that was removed")
# What a slice is cut to at first, where the task takes it.
TARGET = {"architecture": "resnet14", "width": 1.0}


def kinds() -> dict[str, str]:
    """What a link can do, with titles: train, or a step; random weights stand beside the pipeline by themselves."""
    shown = titles.steps()
    return {TRAIN: _("Train"), **{step.name: shown[step.name] for step in STEPS if not step.resets_weights}}


def methods() -> tuple[Method, ...]:
    """The methods that can train a link: the network stays as it is, and needs no peer."""
    return tuple(method for method in METHODS if not (method.reuses_teacher_head or method.mutual))


def kind(link: Mapping[str, Any]) -> str:
    return str(link["step"]) if "step" in link else TRAIN


def step(link: Mapping[str, Any]) -> CompressionStep | None:
    """The step of a link; None where it trains, and where the lab knows none of this name."""
    return next((entry for entry in STEPS if entry.name == link.get("step")), None)


def method(link: Mapping[str, Any]) -> Method | None:
    name = link.get("method", default(TrainingStage, "method"))
    return next((entry for entry in METHODS if entry.name == name), None) if "step" not in link else None


def of_kind(kind: str, link: Mapping[str, Any], target: Mapping[str, Any] = TARGET) -> dict[str, Any]:
    """A link of another kind that takes the same network; ``target`` is what a slice is cut to."""
    after = {"after": link["after"]} if link.get("after") is not None else {}
    made = {} if kind == TRAIN else {"step": kind}
    found = step(made)
    return {**made, **(target if found and found.resizes else {}), **after}


def choice(link: Mapping[str, Any], name: str, entry: Choice) -> Any:
    """What a link says of a choice of its step."""
    return (link.get("choices") or {}).get(name, entry.default)


def used(link: Mapping[str, Any]) -> dict[str, Parameter]:
    """The parameters of a link's step that its choices use."""
    does = step(link)
    if does is None:
        return {}
    chosen = {name: choice(link, name, entry) for name, entry in does.choices.items()}
    return {name: parameter for name, parameter in does.parameters.items() if parameter.is_used(chosen)}


def fitting(link: Mapping[str, Any]) -> dict[str, Any]:
    """A link after another method or choice was chosen for it: without what that does not use."""
    learns, numbers = method(link), used(link)
    found = dict(link)
    if learns:
        unused = {name for name in ("temperature", "alpha") if getattr(learns, name) is None}
        found = {name: value for name, value in found.items() if name not in unused}
    if "parameters" in found:
        found["parameters"] = {name: value for name, value in found["parameters"].items() if name in numbers}
    return found
