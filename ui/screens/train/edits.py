"""What changes the whole form of Train at once: presets, a copy of an experiment, a specification."""

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import JobView
from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import Experiment
from distill_core.templates.presets import PRESETS, Preset
from distill_core.templates.task_presets import task_presets
from ui.forms.plain import plain
from ui.jobs import copying
from ui.screens.train.draft import FORM, asked
from ui.screens.train.fitting import fieldless
from ui.text import words
from ui.text.language import _

__all__ = ["copy_button", "fill", "presets"]


def presets() -> None:
    """Ready experiments, those of the task of the form; one fills the whole form."""
    with st.popover(_("Start from a ready experiment"), icon=":material/auto_awesome:"):
        for preset in _offered():
            st.button(
                _(preset.title), key=f"preset_{preset.name}", on_click=_fill, args=(preset.experiment,), width="stretch"
            )
            st.caption(_(preset.teaches))


def _offered() -> tuple[Preset, ...]:
    """Those of images, unless the task begins with a comparison of its own."""
    lab, name = ui.lab(), FORM.get(("task",))
    if name not in lab.tasks or lab.tasks.get(name).default is None:
        return PRESETS
    return task_presets(lab.tasks.get(name), lab.catalog.first_experiment(name).teacher)


def copy_button(job: JobView) -> None:
    """The button that fills the form with an experiment, and shows it; where another page's form made the experiment,
    the link to that."""
    if copying.link(ui.lab(), job):
        return
    st.button(
        **copying.look(),
        type="tertiary",
        key=f"copy_{job.id}",
        help=_("Puts its specification into the form of Train."),
        on_click=_copy,
        args=(job,),
    )


def fill(experiment: Experiment) -> tuple[str, ...]:
    """For callbacks: the form shows an experiment. Returns sentences on what no field of it shows and what became of
    the controls. Raises InvalidSetting for one without students."""
    _fill(experiment)
    return tuple(filter(None, (_fieldless(), _controls(experiment))))


def _fill(experiment: Experiment) -> None:
    FORM.load(plain(experiment))


def _copy(job: JobView) -> None:
    st.session_state["train_show"] = "set_up"
    try:
        FORM.tell(" ".join((copying.told(job.title), *fill(job.experiment))))
    except DistillError as error:
        FORM.tell(words.sentence(error))


def _fieldless() -> str:
    rows = [(str(row["name"]), fieldless(row)) for row in FORM.get(("students",))]
    kept = "; ".join(f"{name}: {', '.join(parts)}" for name, parts in rows if parts)
    return _("Kept, without a field here: {kept}.", kept=words.plain(kept)) if kept else ""


def _controls(experiment: Experiment) -> str:
    """That controls come by themselves, where they are called otherwise then."""
    tasks = ui.lab().tasks
    try:
        before, after = resolve_experiment(experiment, tasks), resolve_experiment(asked(), tasks)
    except DistillError:  # the plan tells it
        return ""
    return "" if before == after else _("Its controls come by themselves, under their usual names.")
