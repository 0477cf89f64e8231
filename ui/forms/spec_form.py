"""Widgets of a specification: title, help, bounds and options stand on its pydantic fields, and are read from there."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic import BaseModel

from distill_core.spec import TEMPERATURES
from ui.text import titles, words
from ui.text.language import _

__all__ = [
    *("ALL", "FINE", "LABELS", "Form", "Path", "bounds", "default", "help_of", "label_count", "options", "plain_help"),
    "title",
]

Path = tuple[str | int, ...]
ALL = "all"
LABELS = ("50", "100", "200", "500", "1000", "2000", "5000", ALL)
# As many digits as a small number needs.
FINE = "%.6g"
STEPS = {
    **{"updates": 60, "batch_size": 25, "learning_rate": 0.01, "weight_decay": 0.0001, "momentum": 0.05},
    **{"warmup_fraction": 0.05, "width": 0.05, "alpha": 0.05, "weight": 0.1},
}
# What the glossary has on a field, by its keys.
TERMS: Mapping[str, tuple[str, ...]] = {
    "updates": ("update",),
    "batch_size": ("batch-size",),
    "learning_rate": ("learning-rate",),
    "weight_decay": ("weight-decay",),
    "momentum": ("momentum",),
    "mode": ("precomputed", "consistent"),
    "views": ("views",),
    "stem_stride": ("stem-stride",),
    "temperature": ("temperature", "dark-knowledge"),
    "alpha": ("alpha",),
    "standardize": ("logits",),
    "labels": ("label-budget",),
    "transfer": ("transfer-set",),
    "missing_class": ("held-out-class",),
    "seeds": ("seeds", "interval"),
    "after": ("pipeline",),
    "int8_aware": ("qat", "int8"),
    "controls": ("baseline",),
}


def title(model: type[BaseModel], name: str) -> str:
    """What a form calls a field."""
    return _(model.model_fields[name].title or name)


def help_of(model: type[BaseModel], name: str) -> str:
    """What a field is for, with its terms in the glossary; a form shows defaults, and so leaves out what None is."""
    said = _(plain_help(model.model_fields[name].description or ""))
    seen = words.join([words.term(key) for key in TERMS.get(name, ())])
    return _("{help} See {terms}.", help=said, terms=seen) if seen else said


def plain_help(description: str) -> str:
    """The part of a description that a form shows."""
    return description.partition(" None: ")[0].replace(" (None)", "")


@cache
def bounds(model: type[BaseModel], name: str) -> tuple[float, float]:
    """The lowest and the highest number of a field, whole where the field is; an end that the field leaves out is one
    of them, and is refused by name."""
    marks = model.model_fields[name].metadata
    low = next((getattr(mark, end) for mark in marks for end in ("ge", "gt") if hasattr(mark, end)), -math.inf)
    high = next((getattr(mark, end) for mark in marks for end in ("le", "lt") if hasattr(mark, end)), math.inf)
    return (low, high) if _is_whole(model, name) else (float(low), float(high))


def default(model: type[BaseModel], name: str) -> Any:
    """What a field is where a specification does not say it, as plain JSON; None where it has to."""
    info = model.model_fields[name]
    found = None if info.is_required() else info.get_default(call_default_factory=True)
    if isinstance(found, BaseModel):
        return found.model_dump(mode="json")
    return list(found) if isinstance(found, tuple) else found


def options(model: type[BaseModel], name: str) -> tuple[Any, ...]:
    """The options of a field that is a choice."""
    kinds = [model.model_fields[name].annotation, *get_args(model.model_fields[name].annotation)]
    return next((get_args(kind) for kind in kinds if get_origin(kind) is Literal), ())


def label_count(text: Any) -> Any:
    """The number of labels that a field shows as ``text``; what is no number as it is, to be refused."""
    shown = str(text).strip()
    return None if shown == ALL else int(shown) if shown.isdecimal() and len(shown) < 10 else text


def _longest(model: type[BaseModel], name: str) -> int | None:
    """The most letters of a text, or the most of several, that a field takes; None where it has no limit."""
    marks = model.model_fields[name].metadata
    return next((mark.max_length for mark in marks if getattr(mark, "max_length", None) is not None), None)


def _is_whole(model: type[BaseModel], name: str) -> bool:
    annotation = model.model_fields[name].annotation
    return int in (annotation, *(kind for kind in get_args(annotation) if kind is not NoneType))


class Form:
    """The fields of a specification under way, which is plain JSON in session state under ``name``.

    A widget shows what stands there, and what a visitor does goes there before the page is drawn anew: so whatever
    else changes the specification (a preset, a link, an undo) is shown by the same widgets at once.

    A number in a path is the place of a line. After lines were moved all fields of lines are other widgets, so that a
    change which a browser sent before it knew lands on no other line.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._moves = f"{name}_moves"

    @property
    def values(self) -> dict[str, Any]:
        found: dict[str, Any] = st.session_state[self.name]
        return found

    def load(self, values: Mapping[str, Any]) -> None:
        """Take another specification; all its lines are others than before."""
        if self.name in st.session_state:
            st.session_state[self._moves] = st.session_state.get(self._moves, 0) + 1
        st.session_state[self.name] = dict(values)

    def rearrange(self, path: Path, lines: Sequence[Any]) -> None:
        """Put lines in place of others: fewer, more, or in another order."""
        self.load(placed(self.values, path, list(lines)))

    def get(self, path: Path, otherwise: Any = None) -> Any:
        """What stands at the end of a path."""
        found: Any = self.values
        for part in path:
            try:
                found = found[part]
            except (LookupError, TypeError):
                return otherwise
        return found

    def put(self, path: Path, value: Any) -> None:
        st.session_state[self.name] = placed(self.values, path, value)

    def key(self, path: Path) -> str:
        """The key of the widget at a path."""
        moves = st.session_state.get(self._moves) if any(isinstance(part, int) for part in path) else None
        return "_".join(map(str, (self.name, *path, *([moves] if moves else []))))

    def tied(
        self, path: Path, shown: Any, read: Callable[[Any], Any] | None = None, then: Callable[[], None] | None = None
    ) -> dict[str, Any]:
        """What a widget takes to show a value and to bring back another one; right before it is drawn. ``read`` makes
        of what the widget holds what the specification says, and ``then`` is called once that is there."""
        key = self.key(path)
        if key not in st.session_state or st.session_state[key] != shown:
            st.session_state[key] = shown
        return {"key": key, "on_change": self._take, "args": (path, key, read, then)}

    def _take(self, path: Path, key: str, read: Callable[[Any], Any] | None, then: Callable[[], None] | None) -> None:
        if key != self.key(path):
            return  # its line was moved or removed since
        self.put(path, read(st.session_state[key]) if read else st.session_state[key])
        if then:
            then()

    def number(self, model: type[BaseModel], *path: str | int, otherwise: Any = None, **more: Any) -> None:
        """``otherwise``: what a field shows of which the specification says nothing. ``between``: narrower bounds."""
        name = str(path[-1])
        low, high = more.pop("between", None) or bounds(model, name)
        usual = default(model, name) if otherwise is None else otherwise
        more = {"help": help_of(model, name), "step": STEPS.get(name), **more}
        self.figure(title(model, name), path, low, high, usual, whole=_is_whole(model, name), **more)

    def figure(
        self, label: str, path: Path, low: float, high: float, usual: float, *, whole: bool = False, **more: Any
    ) -> None:
        """A number of a title, bounds and a default of its own, as a method's parameter. What stands there is shown,
        also beyond the bounds: the plan says what is wrong with it."""
        kind: type[int] | type[float] = int if whole else float
        value = self.get(path)
        shown = kind(value if _is_finite(value) else usual)
        low, high = min(low, shown), max(high, shown)
        ends = [None if math.isinf(end) else kind(end) for end in (low, high)]
        step = kind(more.pop("step", None) or (1 if whole else 0.05))
        fine = {} if whole else {"format": FINE}
        st.number_input(label, *ends, step=step, **fine, **self.tied(path, shown, kind), **more)

    def choice(
        self,
        model: type[BaseModel],
        *path: str | int,
        offered: Sequence[Any] = (),
        shown: Mapping[Any, str] | None = None,
        otherwise: Any = None,
        **more: Any,
    ) -> Any:
        """One of ``offered``, by default the field's own; ``shown`` are their titles. Returns what stands there."""
        name = str(path[-1])
        value = self.get(path)
        value = value if value is not None else default(model, name) if otherwise is None else otherwise
        more = {"label": title(model, name), "help": help_of(model, name), "shown": shown, **more}
        return self.option(more.pop("label"), path, value, offered or options(model, name), **more)

    def option(self, label: str, path: Path, value: Any, offered: Sequence[Any], **more: Any) -> Any:
        """One of ``offered`` under a title of its own, as a step's choice. ``value`` is what stands there, and offered
        too. ``shown``, ``read`` and ``then`` as elsewhere. Returns what is chosen."""
        value = value if isinstance(value, str | int | float) else str(value)
        rows = [*offered] if value in offered else [value, *offered]
        shown = more.pop("shown", None) or {}
        names = titles.unique({row: shown.get(row, str(row)) for row in rows})
        tie = self.tied(path, value, more.pop("read", None), more.pop("then", None))
        return st.selectbox(label, rows, format_func=lambda row: names.get(row, str(row)), **tie, **more)

    def labels(self, model: type[BaseModel], *path: str | int) -> None:
        """How many labels: one of some counts, all, or what is typed."""
        value = self.get(path, default(model, "labels"))
        shown = ALL if value is None else str(value)
        rows = LABELS if shown in LABELS else (shown, *LABELS)
        tie = self.tied(path, shown, label_count)
        st.selectbox(title(model, "labels"), rows, accept_new_options=True, help=help_of(model, "labels"), **tie)

    def temperature(self, model: type[BaseModel], *path: str | int, otherwise: float) -> None:
        value = self.get(path)
        low, high = bounds(model, "temperature")
        shown = float(value) if _is_finite(value) and low <= value <= high else float(otherwise)
        rows = sorted({*TEMPERATURES, shown})
        more = {"help": help_of(model, "temperature"), **self.tied(path, shown)}
        st.select_slider(title(model, "temperature"), rows, format_func=words.exact, **more)

    def check(self, model: type[BaseModel], *path: str | int) -> None:
        name = str(path[-1])
        shown = bool(self.get(path, default(model, name)))
        st.checkbox(title(model, name), help=help_of(model, name), **self.tied(path, shown))

    def text(self, model: type[BaseModel], *path: str | int, then: Callable[[], None] | None = None) -> None:
        name = str(path[-1])
        tie = self.tied(path, str(self.get(path, "")), None, then)
        st.text_input(title(model, name), max_chars=_longest(model, name) or 64, **tie)

    def seeds(self, model: type[BaseModel], *path: str | int) -> None:
        """The seeds themselves, in the order in which they stand there; one that is not offered can be typed."""
        self.several(model, *path, offered=tuple(map(str, range(10))), kind=str, read=_seeds, accept_new_options=True)

    def several(
        self,
        model: type[BaseModel],
        *path: str | int,
        offered: Sequence[Any],
        shown: Callable[[Any], str] = str,
        kind: Callable[[Any], Any] | None = None,
        read: Callable[[Any], Any] | None = None,
        **more: Any,
    ) -> None:
        """Some of ``offered``, as many as the field takes; what else stands there is offered too."""
        name = str(path[-1])
        there = self.get(path, default(model, name))
        rows = [*dict.fromkeys(map(kind, there) if kind else there)] if isinstance(there, list | tuple) else []
        most = _longest(model, name)
        st.multiselect(
            title(model, name),
            [*dict.fromkeys((*offered, *rows))],
            format_func=lambda row: shown(row) if row in offered else str(row),
            max_selections=None if most is None else max(most, len(rows)),
            **{"help": help_of(model, name), **self.tied(path, rows, read or list), **more},
        )


def placed(values: Any, path: Path, value: Any) -> Any:
    """``values`` with another one at the end of ``path``; what stands elsewhere is the same object."""
    if not path:
        return value
    first, *rest = path
    inside = list(values) if isinstance(values, list | tuple) else dict(values) if isinstance(values, Mapping) else {}
    if rest:
        there = inside[first] if isinstance(inside, list) or first in inside else {}  # type: ignore[index,call-overload]
        value = placed(there, tuple(rest), value)
    inside[first] = value  # type: ignore[index,call-overload]
    return inside


def _seeds(rows: Sequence[str]) -> list[Any]:
    return [int(row) if row.strip().isdecimal() and len(row) < 12 else row for row in rows]


def _is_finite(value: Any) -> bool:
    """Whether a field of numbers in a browser can show it."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 2**53
