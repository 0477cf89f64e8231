"""Compare methods: choose them, see what it would cost, start it, and see the results."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.methods import FAMILIES, Method
from distill_core.methods.defined import Undefined
from distill_core.spec import Experiment
from distill_core.templates.method_comparison import (
    MOST_METHODS,
    MethodComparison,
    comparable_methods,
    comparison_experiment,
    is_method_comparison,
)
from ui.forms import defined, fields, old_links, shared
from ui.forms.draft import of_template
from ui.jobs import actions, copying, expected, pick, plan
from ui.screens.methods import standings
from ui.text import titles, words
from ui.text.language import _

__all__ = ["FORM", "address", "defaults", "show"]

COMPARISON = "comparison"


def defaults(methods: tuple[Method, ...]) -> list[str]:
    """The first method of each family that listens to a teacher."""
    places = {family: place for place, family in enumerate(FAMILIES)}
    order = sorted(methods, key=lambda method: places.get(method.family, len(places)))
    first = {method.family: method.name for method in reversed(order) if method.uses_teacher}
    return [method.name for method in order if first.get(method.family) == method.name][:MOST_METHODS]


USUAL = MethodComparison(methods=defaults(comparable_methods()))
FORM = of_template("new_comparison", USUAL, old_links.with_prefix("r", MethodComparison))


def show(lab: Lab) -> None:
    """The form beside its plan; under them the comparisons of this lab."""
    st.markdown(
        _(
            "Methods at their defaults, all for the same student. Plain KD and the control, which sees labels alone, "
            "always run along; where the others are distilled on the labelled examples, all see the same batches."
        )
    )
    left, right = st.columns([5, 3], gap="medium")
    with left:
        _form(lab)
    with right, st.container(border=True):
        _planned(lab)
    st.subheader(_("Results"))
    _results(lab)


def address() -> dict[str, Any]:
    """What the address holds of the comparison."""
    chosen = st.session_state.get(COMPARISON)
    return FORM.address() | ({COMPARISON: chosen} if chosen else {})


def _form(lab: Lab) -> None:
    FORM.told()
    refused, shown = _refused(lab), titles.methods()
    offered = [method.name for method in comparable_methods() if method.name not in refused]
    FORM.several(
        MethodComparison, "methods", offered=offered, shown=shown.__getitem__, placeholder=_("choose one at least")
    )
    if refused:
        st.caption(defined.left_out(lab.tasks.get(FORM.get(("task",))), refused))
    with st.grid(3, min_column_width=135):
        FORM.number(MethodComparison, "seeds")
        shared.network(FORM, lab)
        FORM.choice(MethodComparison, "transfer", shown=titles.TRANSFER)
    with st.expander(_("Task, labels and budget")), st.grid(3, min_column_width=135):
        shared.task(FORM, lab, then=lambda: _retasked(lab))
        shared.teacher(FORM, lab)
        FORM.labels(MethodComparison, "labels")
        shared.shape(FORM)
        shared.budget(FORM)


def _refused(lab: Lab) -> Mapping[str, Undefined]:
    """Why methods that could be compared are not defined for the networks of the form."""
    task, teacher = FORM.get(("task",)), fields.choice_of(FORM.get(("teacher",)))
    names = {method.name for method in comparable_methods()}
    why = defined.refused(lab, task, teacher, FORM.get(("architecture",)))
    return {name: reason for name, reason in why.items() if name in names}


def _retasked(lab: Lab) -> None:
    """After another task was chosen: without the methods that its networks cannot do."""
    refused = _refused(lab)
    left = [name for name in FORM.get(("methods",), []) if name not in refused]
    FORM.put(("methods",), left or [name for name in USUAL.methods if name not in refused])


def _planned(lab: Lab) -> None:
    try:
        found = expected.planned(lab, _asked())
    except DistillError as error:
        st.warning(words.sentence(error), title=_("This cannot run yet"))
        return
    plan.draw(found, start=_start, key=COMPARISON)


def _asked() -> Experiment:
    """The comparison that the form means. Raises InvalidSetting."""
    return comparison_experiment(MethodComparison.of(FORM.values), ui.lab().tasks)


def _start() -> None:
    lab = ui.lab()
    try:
        job = lab.job(expected.submit(lab, _asked()))
    except DistillError as error:
        st.session_state[f"{COMPARISON}_start_told"] = error
        return
    st.session_state[COMPARISON] = actions.place(job)


def _results(lab: Lab) -> None:
    comparisons = [job for job in pick.latest(lab) if is_method_comparison(job.experiment)]
    if not comparisons:
        st.info(_("No methods were compared in this lab yet. Choose some and press **Start**; it can be watched here."))
        return
    job = pick.asked(lab, comparisons, key=COMPARISON, label=_("Comparison"), fits=is_method_comparison)
    if job is not None:
        spec = copying.specification(lab, f"job:{job.id}", job.experiment)
        copying.button(FORM, spec, job.title, key="comparison_copy")
        standings.show(lab, job)
