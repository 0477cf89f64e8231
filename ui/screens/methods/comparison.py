"""Compare methods: choose them, see what it would cost, start it, and see the results."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.methods import FAMILIES, Method
from distill_core.spec import Experiment
from distill_core.templates.method_comparison import (
    MOST_METHODS,
    MethodComparison,
    comparable_methods,
    comparison_experiment,
    is_method_comparison,
)
from ui.forms import fields, spec_form
from ui.forms.bound import BoundForm
from ui.jobs import actions, expected, pick, plan
from ui.screens.methods import standings
from ui.text import titles, words

__all__ = ["KEYS", "address", "defaults", "show"]

KEYS = tuple(
    f"r_{name}" for name in ("methods", "seeds", "task", "teacher", "net", "stem", "labels", "sees", "updates", "batch")
)
COMPARISON = "comparison"
FORM = BoundForm(MethodComparison(methods=("kd",)), "r")


def show(lab: Lab) -> None:
    """The form beside its plan; under them the comparisons of this lab."""
    st.markdown(
        "Methods at their defaults, all for the same student. Plain KD and the control, which sees labels alone, "
        "always run along; where the others are distilled on the labelled images, all see the same batches."
    )
    left, right = st.columns([5, 3], gap="medium")
    with left:
        _form(lab)
    with right, st.container(border=True):
        _planned(lab)
    st.subheader("Results")
    _results(lab)


def address() -> dict[str, Any]:
    """What the address holds of the comparison."""
    return {key: st.session_state[key] for key in (*KEYS, COMPARISON) if st.session_state.get(key)}


def defaults(methods: tuple[Method, ...]) -> list[str]:
    """The first method of each family that listens to a teacher."""
    places = {family: place for place, family in enumerate(FAMILIES)}
    order = sorted(methods, key=lambda method: places.get(method.family, len(places)))
    first = {method.family: method.name for method in reversed(order) if method.uses_teacher}
    return [method.name for method in order if first.get(method.family) == method.name][:MOST_METHODS]


def _form(lab: Lab) -> None:
    shown = titles.methods()
    st.multiselect(
        spec_form.title(MethodComparison, "methods"),
        [method.name for method in comparable_methods()],
        defaults(comparable_methods()),
        max_selections=MOST_METHODS,
        key="r_methods",
        bind="query-params",
        placeholder="choose one at least",
        **fields.titled("r_methods", shown),
    )
    with st.grid(3, min_column_width=135):
        FORM.number("seeds")
        network = FORM.network(lab, fields.asked("r_task") or FORM.usual.task)
        FORM.transfer()
    with st.expander("Task, labels and budget"), st.grid(3, min_column_width=135):
        FORM.teacher(lab, FORM.task(lab))
        FORM.labels()
        FORM.shape(network)
        FORM.number("updates")
        FORM.number("batch_size")


def _planned(lab: Lab) -> None:
    try:
        asked = _read(lab, st.session_state)
        found = expected.planned(lab, asked)
    except DistillError as error:
        st.warning(words.sentence(error), title="This cannot run yet")
        return
    plan.draw(found, start=_start, key=COMPARISON)


def _read(lab: Lab, state: Mapping[str, Any]) -> Experiment:
    """The comparison that the form means. Raises InvalidSetting."""
    return comparison_experiment(MethodComparison.of({**FORM.read(lab, state), "methods": state["r_methods"]}))


def _start() -> None:
    lab = ui.lab()
    try:
        job = lab.job(lab.submit(_read(lab, st.session_state)))
    except DistillError as error:
        st.session_state[f"{COMPARISON}_start_told"] = error
        return
    st.session_state[COMPARISON] = actions.place(job)


def _results(lab: Lab) -> None:
    comparisons = [job for job in lab.jobs(limit=pick.LATEST) if is_method_comparison(job.experiment)]
    if not comparisons:
        st.info("No methods were compared in this lab yet. Choose some and press **Start**; it can be watched here.")
        return
    job = pick.asked(lab, comparisons, key=COMPARISON, label="Comparison", fits=is_method_comparison)
    if job is not None:
        standings.show(lab, job)
