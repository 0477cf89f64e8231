"""Task and teacher above the students of Train, and the budget below them."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from distill_core.lab import Lab
from distill_core.lab.catalog import TeacherOption
from distill_core.spec import Budget, Experiment, Optimiser
from ui.forms import fields, spec_form
from ui.forms.plain import plain
from ui.screens.train import draft
from ui.screens.train.draft import FORM
from ui.screens.train.fitting import fitting
from ui.text import titles

__all__ = ["budget", "task_and_teacher"]

# The teacher of the specification, where no picker offers it.
KEPT = "as in the specification"
TEACHER_HELP = "Networks that ship or are trained first, then finished networks of this task, the newest first."


def task_and_teacher(lab: Lab) -> None:
    left, right = st.columns(2)
    tasks = {task.name: task for task in lab.catalog.tasks()}
    with left:
        st.subheader("1 · Task")
        name = FORM.choice(
            Experiment, "task", offered=list(tasks), shown=titles.tasks(lab), then=lambda: _retasked(lab)
        )
        st.caption(tasks[name].teaches if name in tasks else "")
    with right:
        st.subheader("2 · Teacher")
        _teacher(fields.teachers(lab, name, _key()) if name in tasks else {})


def _key() -> str | None:
    """What an address calls the teacher of the specification."""
    choice = fields.choice_of(FORM.get(("teacher",)))
    return choice.key if choice else None


def _teacher(offered: Mapping[str, TeacherOption]) -> None:
    now = fields.choice_of(FORM.get(("teacher",)))
    chosen = next((name for name, option in offered.items() if option.choice == now), KEPT)
    shown = {KEPT: KEPT, **titles.teachers(offered)}

    def take(name: str) -> Any:
        return offered[name].choice.model_dump(mode="json") if name in offered else FORM.get(("teacher",))

    st.selectbox(
        spec_form.title(Experiment, "teacher"),
        [*offered] if chosen in offered else [KEPT, *offered],
        format_func=lambda name: shown.get(name, name),
        help=TEACHER_HELP,
        **FORM.tied(("teacher",), chosen, take),
    )
    st.caption(fields.teacher_said(offered[chosen]) if chosen in offered else "Kept as the specification says it.")
    if not any(option.created_at for option in offered.values()):
        st.caption("Networks that you train on this task can teach too: once finished, they are offered here.")


def _retasked(lab: Lab) -> None:
    """After another task was chosen: a teacher, networks and a held-out class that it has; where no network of the form
    takes its examples, the comparison that the task begins with."""
    task = FORM.get(("task",))
    networks = [entry.name for entry in fields.architectures(lab, task)]
    if not any(row.get("architecture") in networks for row in FORM.get(("students",))):
        draft.take(plain(lab.catalog.first_experiment(task)))
        return
    offered = fields.teachers(lab, task)
    now = fields.choice_of(FORM.get(("teacher",)))
    if offered and all(option.choice != now for option in offered.values()):
        FORM.put(("teacher",), next(iter(offered.values())).choice.model_dump(mode="json"))
    classes = lab.catalog.classes(task)
    for place, row in enumerate(FORM.get(("students",))):
        new = dict(row) if row.get("architecture") in networks else {**row, "architecture": networks[0]}
        if new.get("missing_class") not in classes:
            new.pop("missing_class", None)
        FORM.put(("students", place), fitting(new))


def budget(lab: Lab, *, advanced: bool) -> None:
    st.subheader("4 · Budget")
    with st.grid(4, min_column_width=150):
        FORM.number(Budget, "budget", "updates")
        if advanced:
            _more(lab)


def _more(lab: Lab) -> None:
    FORM.number(Budget, "budget", "batch_size")
    for name in ("learning_rate", "weight_decay", "momentum", "warmup_fraction"):
        FORM.number(Optimiser, "optimiser", name)
    FORM.choice(Experiment, "mode", shown=titles.MODES)
    FORM.number(Experiment, "views")
    FORM.choice(Experiment, "precision")
    devices = lab.catalog.devices()
    if len(devices) > 1 or FORM.get(("device",), "auto") != "auto":
        FORM.choice(Experiment, "device", offered=["auto", *devices])
    FORM.number(Experiment, "data_seed")
