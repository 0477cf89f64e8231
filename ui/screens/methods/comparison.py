"""Compare methods: choose them, see what it would cost, start it, and see the results."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.methods import FAMILIES, Method
from distill_core.networks import ARCHITECTURES
from distill_core.spec import Budget, Experiment
from distill_core.templates.method_comparison import (
    MOST_METHODS,
    MethodComparison,
    comparable_methods,
    comparison_experiment,
    is_method_comparison,
)
from ui.forms import fields, spec_form
from ui.forms.fields import select
from ui.jobs import actions, expected, pick, plan
from ui.screens.methods import standings
from ui.text import titles, words

__all__ = ["KEYS", "address", "defaults", "show"]

KEYS = tuple(
    f"r_{name}" for name in ("methods", "seeds", "task", "teacher", "net", "stem", "labels", "sees", "updates", "batch")
)
COMPARISON = "comparison"


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
    default = MethodComparison(methods=("kd",))
    shown = titles.methods()
    st.multiselect(
        f"Methods, up to {MOST_METHODS}",
        [method.name for method in comparable_methods()],
        defaults(comparable_methods()),
        max_selections=MOST_METHODS,
        key="r_methods",
        bind="query-params",
        placeholder="choose one at least",
        **fields.titled("r_methods", shown),
    )
    with st.grid(3, min_column_width=135):
        spec_form.bound_number(MethodComparison, "seeds", default.seeds, "r_seeds")
        asked = fields.asked("r_task") or default.task
        networks = {architecture.name: architecture for architecture in fields.architectures(lab, asked)}
        network = networks[select("Network", list(networks), default.architecture, "r_net", shown=titles.networks())]
        spec_form.bound_choice(
            MethodComparison, "transfer", list(titles.TRANSFER), default.transfer, "r_sees", shown=titles.TRANSFER
        )
    with st.expander("Task, labels and budget"), st.grid(3, min_column_width=135):
        named = titles.tasks(lab)
        task = select("Task", list(named), default.task, "r_task", shown=named)
        teachers = fields.teachers(lab, task, fields.asked("r_teacher"))
        fields.teacher(teachers, next(iter(teachers)), "r_teacher")
        spec_form.bound_choice(MethodComparison, "labels", spec_form.LABELS, str(default.labels), "r_labels")
        if len(network.stem_strides) > 1:
            spec_form.bound_choice(MethodComparison, "stem_stride", network.stem_strides, default.stem_stride, "r_stem")
        spec_form.bound_number(Budget, "updates", default.budget.updates, "r_updates")
        spec_form.bound_number(Budget, "batch_size", default.budget.batch_size, "r_batch")


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
    network = next(architecture for architecture in ARCHITECTURES if architecture.name == state["r_net"])
    asked = state.get("r_stem")  # asked for only where there is a choice
    stem = asked if asked in network.stem_strides else network.stem_strides[0]
    comparison = MethodComparison.of(
        {
            "methods": state["r_methods"],
            "task": state["r_task"],
            "teacher": fields.teacher_of(lab, state["r_task"], state.get("r_teacher")).model_dump(),
            "architecture": state["r_net"],
            "stem_stride": stem,
            "labels": spec_form.label_count(state["r_labels"]),
            "transfer": state["r_sees"],
            "seeds": state["r_seeds"],
            "budget": Budget(updates=state["r_updates"], batch_size=state["r_batch"]).model_dump(),
        }
    )
    return comparison_experiment(comparison)


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
