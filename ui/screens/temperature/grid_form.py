"""A grid of one's own: which student, which temperatures and alphas, how many seeds."""

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.methods import METHODS
from distill_core.reports.sweeps import Sweep
from distill_core.spec import TEMPERATURES, Experiment
from distill_core.templates.grid import GridSpec, grid_experiment
from ui.forms import old_links, shared
from ui.forms.draft import of_template, open_drafts
from ui.jobs import actions, copying, expected, repeat, there
from ui.text import times, titles, words
from ui.text.language import _, ngettext

__all__ = ["FORM", "again", "begin", "copy_button", "is_above", "label", "show", "start"]

FORM = of_template("new_grid", GridSpec(), old_links.with_prefix("g", GridSpec))
ALPHAS = tuple(round(0.1 * step, 1) for step in range(1, 11))
# In session state: whether the form is open, and whether it stands above the map, since it was asked for.
OPEN, ABOVE = "own_grid", "own_grid_above"


def begin(lab: Lab) -> bool:
    """First on the page; whether its address asks for a grid of one's own."""
    asked = bool(open_drafts(lab, FORM))
    if asked:
        _open()
    return asked


def is_above() -> bool:
    """Whether the form stands above the map: where it was asked for, until it is closed."""
    return bool(st.session_state.get(ABOVE) and st.session_state.get(OPEN))


def copy_button(lab: Lab, study: Sweep) -> None:
    """The button that fills the form with a grid that is shown."""
    spec = copying.specification(lab, f"asked:{study.key}", study.asked)
    copying.button(FORM, spec, study.title, key="grid_copy", then=_open)


def _open() -> None:
    st.session_state[OPEN] = st.session_state[ABOVE] = True


def show(lab: Lab) -> None:
    """The form in an expander, with what it would cost, and its button."""
    with st.expander(_("Train a grid of your own"), icon=":material/grid_on:", key=OPEN, on_change="rerun") as form:
        if form.open:
            _form(lab)


def start(experiment: Experiment) -> None:
    """For callbacks: queue a grid, and show it."""
    _show(repeat.start(experiment))


def again(lab: Lab, study: Sweep) -> None:
    """A button that trains what is missing of a grid that did not finish, and shows it; or its repetition."""
    repeated = lab.job(str(study.job_id)).repeated_by
    if repeated is not None:
        actions.repeated_button("grid", _show, repeated)
        return
    st.button(
        _(actions.RESTART), icon=":material/restart_alt:", key="grid_restart", on_click=start, args=(study.asked,)
    )


def _show(job_id: str | None) -> None:
    if job_id is None:  # it was refused, and the reason is told
        return
    studies = ui.lab().reports.sweeps()
    study = next((sweep for sweep in studies if sweep.job_id == job_id), None)
    if study:
        # What ships is shown beside its repetition.
        shown = next((sweep for sweep in studies if sweep.shipped and sweep.repeats(study)), study)
        st.session_state["grid"] = label(shown)


def label(study: Sweep) -> str:
    """How a grid is called in its picker and in the address."""
    return f"{study.title} #{study.key.partition(':')[2]}"


def _form(lab: Lab) -> None:
    FORM.told()
    methods = [entry.name for entry in METHODS if entry.temperature is not None and entry.alpha is not None]
    with st.grid(4, min_column_width=150):
        shared.task(FORM, lab)
        shared.teacher(FORM, lab)
        shared.network(FORM, lab)
        shared.shape(FORM)
        FORM.choice(GridSpec, "method", offered=methods, shown=titles.methods())
        FORM.labels(GridSpec, "labels")
        FORM.choice(GridSpec, "transfer", shown=titles.TRANSFER)
        FORM.number(GridSpec, "seeds")
        shared.budget(FORM)
    FORM.several(GridSpec, "temperatures", offered=TEMPERATURES, shown=words.exact)
    FORM.several(GridSpec, "alphas", offered=ALPHAS, shown=words.exact)
    try:
        experiment = grid_experiment(GridSpec.of(FORM.values), lab.tasks)
        plan = expected.planned(lab, experiment)
    except DistillError as error:
        st.warning(words.sentence(error), title=_("This cannot run yet"))
        return
    runs = sum(not run.stored for run in plan.runs)
    cells = len(experiment.students)
    told = [
        ngettext("{count} cell and its control.", "{count} cells and their control.", cells),
        ngettext("{count} network to train.", "{count} networks to train.", runs),
    ]
    if not plan.job_id:
        told.append(_("It takes {time} on this machine.", time=times.about(plan.expected_seconds)))
    st.markdown(" ".join(told))
    if plan.job_id:
        there.show(lab, plan.job_id)
    st.button(
        _("Show it") if plan.job_id else _("Train this grid"),
        type="primary",
        icon=":material/play_arrow:",
        key="grid_start",
        on_click=start,
        args=(experiment,),
    )
    expected.doubts(plan)
