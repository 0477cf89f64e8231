"""The fields that templates of an experiment share: each widget holds its value, which stands in the address."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from pydantic import BaseModel

from distill_core.lab import Lab
from distill_core.networks import ARCHITECTURES, Architecture
from distill_core.spec import Budget, Specification
from ui.forms import fields, spec_form
from ui.text import titles

__all__ = ["BoundForm", "choice", "number"]

# What an address calls a field, after the prefix of the form.
SHORT = {"architecture": "net", "stem_stride": "stem", "transfer": "sees", "batch_size": "batch"}


def number(
    model: type[BaseModel], name: str, value: float, key: str, *, between: tuple[float, float] | None = None
) -> Any:
    """The number of a field, which stands in the address as ``key``; ``between``: narrower bounds than the field's."""
    low, high = between or spec_form.bounds(model, name)
    more = {"help": spec_form.help_of(model, name), "key": key, "bind": "query-params"}
    title, start = spec_form.title(model, name), min(max(value, low), high)
    return st.number_input(title, low, high, start, spec_form.STEPS.get(name), **more)


def choice(
    model: type[BaseModel],
    name: str,
    offered: Sequence[Any],
    value: Any,
    key: str,
    *,
    shown: Mapping[Any, str] | None = None,
) -> Any:
    """The same for one of ``offered``."""
    title, text = spec_form.title(model, name), spec_form.help_of(model, name)
    return fields.select(title, list(offered), value, key, help=text, shown=shown)


class BoundForm:
    """Widgets of one template. ``usual`` is what they show at first; ``prefix`` begins their keys."""

    def __init__(self, usual: Specification, prefix: str) -> None:
        self.usual, self.model, self.prefix = usual, type(usual), prefix

    def key(self, name: str) -> str:
        return f"{self.prefix}_{SHORT.get(name, name)}"

    def number(self, name: str, *, between: tuple[float, float] | None = None) -> Any:
        """A number of the template, or of its budget."""
        model: type[BaseModel] = self.model if name in self.model.model_fields else Budget
        value = getattr(self.usual if model is self.model else self.usual.budget, name)  # type: ignore[attr-defined]
        return number(model, name, value, self.key(name), between=between)

    def choice(self, name: str, offered: Sequence[Any], *, shown: Mapping[Any, str] | None = None) -> Any:
        return choice(self.model, name, offered, getattr(self.usual, name), self.key(name), shown=shown)

    def labels(self) -> None:
        usual = self.usual.labels  # type: ignore[attr-defined]
        shown = spec_form.ALL if usual is None else str(usual)
        choice(self.model, "labels", spec_form.LABELS, shown, self.key("labels"))

    def transfer(self) -> None:
        self.choice("transfer", list(titles.TRANSFER), shown=titles.TRANSFER)

    def task(self, lab: Lab) -> str:
        named = titles.tasks(lab)
        return str(self.choice("task", list(named), shown=named))

    def teacher(self, lab: Lab, task: str) -> None:
        offered = fields.teachers(lab, task, fields.asked(self.key("teacher")))
        fields.teacher(offered, next(iter(offered)), self.key("teacher"))

    def network(self, lab: Lab, task: str) -> Architecture:
        """One that takes the examples of the task."""
        networks = {entry.name: entry for entry in fields.architectures(lab, task)}
        return networks[self.choice("architecture", list(networks), shown=titles.networks())]

    def shape(self, network: Architecture, *, width: bool = False) -> None:
        """Stride and width, where the network has a choice of them."""
        if len(network.stem_strides) > 1:
            self.choice("stem_stride", network.stem_strides)
        if width and len(network.widths) > 1:
            self.number("width", between=(min(network.widths), max(network.widths)))

    def read(self, lab: Lab, state: Mapping[str, Any]) -> dict[str, Any]:
        """What these widgets say, as plain values. Raises InvalidSetting where no teacher of the task is chosen."""
        network = next(entry for entry in ARCHITECTURES if entry.name == state[self.key("architecture")])
        stem, task = state.get(self.key("stem_stride")), state[self.key("task")]
        return {
            "task": task,
            "teacher": fields.teacher_of(lab, task, state.get(self.key("teacher"))).model_dump(),
            "architecture": network.name,
            "stem_stride": stem if stem in network.stem_strides else network.stem_strides[0],
            "width": state.get(self.key("width"), 1.0) if len(network.widths) > 1 else network.widths[0],
            "labels": spec_form.label_count(state[self.key("labels")]),
            "transfer": state[self.key("transfer")],
            "seeds": state[self.key("seeds")],
            "budget": {name: state[self.key(name)] for name in ("updates", "batch_size")},
        }
