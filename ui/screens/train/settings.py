"""Task and teacher above the students of Train, and the budget below them."""

import streamlit as st

from distill_core.lab import Lab
from distill_core.spec import Budget, Experiment, Optimiser
from ui.forms import fields, shared
from ui.forms.plain import plain
from ui.screens.train.draft import FORM
from ui.screens.train.fitting import fitting
from ui.text import titles
from ui.text.language import _

__all__ = ["budget", "task_and_teacher"]


def task_and_teacher(lab: Lab) -> None:
    left, right = st.columns(2)
    tasks = {task.name: task for task in lab.catalog.tasks()}
    with left:
        st.subheader(_("1 · Task"))
        name = shared.task(FORM, lab, then=lambda: _retasked(lab))
        st.caption(_(tasks[name].teaches) if name in tasks else "")
    with right:
        st.subheader(_("2 · Teacher"))
        chosen, own = shared.teacher(FORM, lab)
        st.caption(fields.teacher_said(chosen) if chosen else _("Kept as the specification says it."))
        if not own:
            st.caption(_("Networks that you train on this task can teach too: once finished, they are offered here."))


def _retasked(lab: Lab) -> None:
    """After another task was chosen: networks and a held-out class that it has; where no network of the form takes its
    examples, the comparison that the task begins with."""
    task = FORM.get(("task",))
    networks = [entry.name for entry in fields.architectures(lab, task)]
    if not any(row.get("architecture") in networks for row in FORM.get(("students",))):
        FORM.load(plain(lab.catalog.first_experiment(task)))
        return
    classes = lab.catalog.classes(task)
    for place, row in enumerate(FORM.get(("students",))):
        new = shared.with_labels(lab, shared.with_network(row, networks), task)
        if new.get("missing_class") not in classes:
            new.pop("missing_class", None)
        FORM.put(("students", place), fitting(new))


def budget(lab: Lab, *, advanced: bool) -> None:
    st.subheader(_("4 · Budget"))
    with st.grid(4, min_column_width=150):
        FORM.number(Budget, "budget", "updates")
        if advanced:
            _more(lab)


def _more(lab: Lab) -> None:
    FORM.number(Budget, "budget", "batch_size")
    FORM.choice(Optimiser, "optimiser", "algorithm", shown=titles.OPTIMISERS)
    for name in ("learning_rate", "weight_decay", "momentum", "warmup_fraction"):
        FORM.number(Optimiser, "optimiser", name)
    if any(entry.n3 for entry in fields.architectures(lab, FORM.get(("task",)))) or FORM.get(("optimiser", "n3")):
        FORM.number(Optimiser, "optimiser", "n3")
    FORM.choice(Experiment, "mode", shown=titles.MODES)
    FORM.number(Experiment, "views")
    FORM.choice(Experiment, "precision")
    devices = lab.catalog.devices()
    if len(devices) > 1 or FORM.get(("device",), "auto") != "auto":
        FORM.choice(Experiment, "device", offered=["auto", *devices])
    FORM.number(Experiment, "data_seed")
