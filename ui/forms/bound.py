"""The fields that templates of an experiment share: each widget holds its value, which stands in the address."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from pydantic import BaseModel

from ui.forms import fields, spec_form

__all__ = ["choice", "number"]


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
