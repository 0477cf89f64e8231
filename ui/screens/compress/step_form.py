"""The editor of one step of a pipeline."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from distill_core.compression import CompressionStep
from distill_core.lab import Lab
from distill_core.methods import Method
from distill_core.methods.defined import Undefined
from distill_core.templates.compression_chain import MOST_LINKS, CompressionStage, TrainingStage
from ui.forms import defined, fields, shared
from ui.forms.spec_form import Path
from ui.screens.compress import links, starts
from ui.screens.compress.draft import FORM
from ui.text import titles, words
from ui.text.language import N_, _

__all__ = ["show", "source"]

TRAINS = N_("Updates for the whole budget, with the method that teaches.")
BEFORE = -1


def show(lab: Lab, place: int) -> None:
    """Its fields; those that its kind does not use are left out."""
    at: Path = ("links", place)
    row = FORM.get(at)
    does, learns = links.step(row), links.method(row)
    refused = _refused(lab)
    with st.grid(4, min_column_width=135):
        shown = links.kinds()

        def read(kind: str) -> dict[str, Any]:
            return links.of_kind(kind, row, starts.target(lab, FORM.values))

        FORM.option(_("What it does"), at, links.kind(row), [*shown], shown=shown, read=read)
        if place or row.get("after") is not None:
            _source(at, place)
        if does:
            _step(lab, at, row, does)
        elif "step" not in row:
            _training(at, learns, refused)
    if does:
        st.caption(f"{_(does.teaches)}{_paper(does)}")
    elif learns:
        st.caption(f"{_(TRAINS)} {_(learns.teaches)}")
        if refused:
            st.caption(defined.left_out(lab.tasks.get(FORM.get(("task",))), refused))


def source(after: Any) -> str:
    """What the page calls the network that a step takes, by its number; 0 is where the pipeline starts."""
    named = {BEFORE: _("previous step"), 0: _("initial network"), links.GONE: _(links.GONE)}
    return named.get(after) or _("step {number}", number=after)


def _source(at: Path, place: int) -> None:
    """The network that the step works on. One that is not there stays until another is chosen, and the plan says why it
    cannot be."""
    FORM.choice(
        CompressionStage,
        *at,
        "after",
        offered=(BEFORE, *range(place)),
        shown={after: source(after) for after in range(BEFORE, MOST_LINKS + 1)},
        otherwise=BEFORE,
        read=lambda after: None if after == BEFORE else after,
    )


def _refused(lab: Lab) -> Mapping[str, Undefined]:
    """Why methods are not defined for the task of the form, whatever networks its steps make."""
    offered = {method.name for method in links.methods()}
    found = defined.refused(lab, FORM.get(("task",)))
    return {name: reason for name, reason in found.items() if reason.why != "maps" and name in offered}


def _training(at: Path, learns: Method | None, refused: Mapping[str, Undefined]) -> None:
    names = [method.name for method in links.methods() if method.name not in refused]
    FORM.choice(TrainingStage, *at, "method", offered=names, shown=titles.methods(), then=partial(_refit, at))
    if learns and learns.temperature is not None:
        FORM.temperature(TrainingStage, *at, "temperature", otherwise=learns.temperature)
    if learns and learns.alpha is not None:
        FORM.number(TrainingStage, *at, "alpha", otherwise=learns.alpha)
    FORM.check(TrainingStage, *at, "int8_aware")


def _step(lab: Lab, at: Path, row: Mapping[str, Any], does: CompressionStep) -> None:
    """Where it resizes, to what; then its own choices, and those of its numbers that they leave in use."""
    if does.resizes:
        names = [entry.name for entry in fields.architectures(lab, FORM.get(("task",)))]
        FORM.choice(CompressionStage, *at, "architecture", offered=names, shown=titles.networks())
        net = shared.network_of(row)
        if net and len(net.widths) > 1:
            FORM.number(CompressionStage, *at, "width", between=(min(net.widths), max(net.widths)), otherwise=1.0)
    for name, choice in does.choices.items():
        then, value = partial(_refit, at), links.choice(row, name, choice)
        shown = {option: words.called(option) for option in choice.options}
        more = {"shown": shown, "then": then, "help": _(choice.help)}
        FORM.option(_label(name), (*at, "choices", name), value, choice.options, **more)
    for name, parameter in links.used(row).items():
        low, high, usual = parameter.low, parameter.high, parameter.default
        more = {
            "whole": parameter.whole,
            "help": _(parameter.help),
            "step": _pace(low, high) if parameter.whole else None,
        }
        FORM.figure(_label(name), (*at, "parameters", name), low, high, usual, **more)


def _pace(low: float, high: float) -> int:
    return max(1, round((high - low) / 20))


def _refit(at: Path) -> None:
    FORM.put(at, links.fitting(FORM.get(at)))


def _label(name: str) -> str:
    found = words.called(name)
    return f"{found[:1].upper()}{found[1:]}"


def _paper(step: CompressionStep) -> str:
    return f" [arXiv:{step.paper}](https://arxiv.org/abs/{step.paper})" if step.paper else ""
