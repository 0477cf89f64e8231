"""A grid of one's own: which student, which temperatures and alphas, how many seeds."""

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.methods import METHODS
from distill_core.reports.sweeps import Sweep
from distill_core.spec import TEMPERATURES, Experiment
from distill_core.templates.grid import GridSpec, grid_experiment
from ui.forms import spec_form
from ui.forms.bound import BoundForm
from ui.jobs import actions, expected, there
from ui.screens.temperature import repeat
from ui.text import titles, words
from ui.text.language import _, ngettext

__all__ = ["KEYS", "again", "label", "show", "start"]

KEYS = tuple(
    f"g_{name}"
    for name in (
        *("task", "teacher", "net", "stem", "width", "method", "labels"),
        *("sees", "seeds", "updates", "batch", "T", "alphas"),
    )
)
FORM = BoundForm(GridSpec(), "g")
ALPHAS = tuple(round(0.1 * step, 1) for step in range(11))


def show(lab: Lab) -> None:
    """The form in an expander, with what it would cost, and its button."""
    with st.expander("Train a grid of your own", icon=":material/grid_on:", key="own_grid", on_change="rerun") as form:
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
    st.button(actions.RESTART, icon=":material/restart_alt:", key="grid_restart", on_click=start, args=(study.asked,))


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
    default = GridSpec()
    methods = [entry.name for entry in METHODS if entry.temperature is not None and entry.alpha is not None]
    with st.grid(4, min_column_width=150):
        task = FORM.task(lab)
        FORM.teacher(lab, task)
        FORM.shape(FORM.network(lab, task), width=True)
        method = FORM.choice("method", methods, shown=titles.methods())
        FORM.labels()
        FORM.transfer()
        for name in ("seeds", "updates", "batch_size"):
            FORM.number(name)
    temperatures = st.multiselect(
        spec_form.title(GridSpec, "temperatures"),
        TEMPERATURES,
        default.temperatures,
        format_func=words.exact,
        key="g_T",
        bind="query-params",
    )
    alphas = st.multiselect(
        spec_form.title(GridSpec, "alphas"),
        ALPHAS,
        [a for a in default.alphas if a],
        format_func=words.exact,
        key="g_alphas",
        bind="query-params",
        help=spec_form.help_of(GridSpec, "alphas"),
    )
    try:
        more = {"method": method, "temperatures": temperatures, "alphas": alphas}
        sweep = GridSpec.of({**FORM.read(lab, st.session_state), **more})
        experiment = grid_experiment(sweep)
        plan = expected.planned(lab, experiment)
    except DistillError as error:
        st.warning(words.sentence(error), title="This cannot run yet")
        return
    runs = sum(not run.stored for run in plan.runs)
    cells = len(experiment.students)
    told = [
        ngettext("{count} cell and its control.", "{count} cells and their control.", cells),
        ngettext("{count} network to train.", "{count} networks to train.", runs),
    ]
    if not plan.job_id:
        told.append(_("It takes {time} on this machine.", time=words.about(plan.expected_seconds)))
    st.markdown(" ".join(told))
    if plan.job_id:
        there.show(lab, plan.job_id)
    st.button(
        "Show it" if plan.job_id else "Train this grid",
        type="primary",
        icon=":material/play_arrow:",
        key="grid_start",
        on_click=start,
        args=(experiment,),
    )
    expected.doubts(plan)
