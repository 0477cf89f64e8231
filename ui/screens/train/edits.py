"""What changes the whole form of Train at once: presets, a copy of an experiment, a pasted specification."""

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import JobView
from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import Experiment
from distill_core.templates.presets import PRESETS
from ui.forms.plain import plain
from ui.jobs import copying
from ui.screens.train.draft import FORM, asked
from ui.screens.train.fitting import fieldless
from ui.text import words
from ui.text.language import _

__all__ = ["copy_button", "paste", "presets"]


def presets() -> None:
    """Ready experiments; one fills the whole form."""
    with st.popover("Start from a ready experiment", icon=":material/auto_awesome:"):
        for preset in PRESETS:
            st.button(
                _(preset.title), key=f"preset_{preset.name}", on_click=_fill, args=(preset.experiment,), width="stretch"
            )
            st.caption(_(preset.teaches))


def paste() -> None:
    """A box for a specification, and a button that fills the form with it."""
    st.text_area("Paste a specification", key="train_paste", height=120, placeholder='{"task": ...}')
    st.button("Load into the form", icon=":material/upload:", key="train_load", on_click=_load)
    if "train_pasted" in st.session_state:
        st.info(st.session_state.pop("train_pasted"))


def copy_button(job: JobView) -> None:
    """The button that fills the form with an experiment, and shows it; where another page's form made the experiment,
    the link to that."""
    if copying.link(ui.lab(), job):
        return
    st.button(
        **copying.SHOWN,
        type="tertiary",
        key=f"copy_{job.id}",
        help="Puts its specification into the form of Train.",
        on_click=_copy,
        args=(job,),
    )


def _fill(experiment: Experiment) -> None:
    FORM.load(plain(experiment))


def _load() -> None:
    try:
        experiment = Experiment.from_json(st.session_state["train_paste"])
    except DistillError as error:
        st.session_state["train_pasted"] = words.sentence(error)
        return
    st.session_state["train_pasted"] = _take(experiment, "The specification")


def _copy(job: JobView) -> None:
    st.session_state["train_show"] = "set_up"
    FORM.tell(_take(job.experiment, f"A copy of **{words.plain(job.title)}**"))


def _take(experiment: Experiment, what: str) -> str:
    """Fill the form; what is told of that, and of what no field of it shows, and of what became of the controls."""
    try:
        _fill(experiment)
    except DistillError as error:
        return words.sentence(error)
    return f"{what} is in the form.{_fieldless()}{_controls(experiment)}"


def _fieldless() -> str:
    rows = [(str(row["name"]), fieldless(row)) for row in FORM.get(("students",))]
    kept = "; ".join(f"{name}: {', '.join(parts)}" for name, parts in rows if parts)
    return f" Kept, without a field here: {words.plain(kept)}." if kept else ""


def _controls(experiment: Experiment) -> str:
    """That controls come by themselves, where they are called otherwise then."""
    tasks = ui.lab().tasks
    try:
        before, after = resolve_experiment(experiment, tasks), resolve_experiment(asked(), tasks)
    except DistillError:  # the plan tells it
        return ""
    return "" if before == after else " Its controls come by themselves, under their usual names."
