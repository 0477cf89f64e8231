"""What would run if one pressed Start: in words, in time, and as a specification."""

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab.views import Plan
from distill_core.spec import Experiment
from ui import spreadsheet
from ui.findings import described
from ui.jobs import expected, there
from ui.text import times, words
from ui.text.language import N_, _, ngettext

__all__ = ["draw", "not_started", "offer", "refused", "stick"]

# The side stays in sight beside a long form; on a phone, where columns stack, nothing sticks.
STICKY = (
    "<style>@media (min-width: 641px) {{div:has(> .st-key-{side}) "
    "{{position: sticky; top: 4.5rem; max-height: calc(100vh - 5.5rem); overflow-y: auto;}}}}</style>"
)


def stick(side: str) -> None:
    """Keep the container with this key in sight beside a form that is longer."""
    st.html(STICKY.format(side=side))


def refused(error: DistillError, *, title: str, key: str) -> None:
    """What is in the way, and the Start button that waits for it."""
    st.warning(words.sentence(error), title=title)
    st.button(_("Start"), type="primary", icon=":material/play_arrow:", key=f"{key}_start", disabled=True)


def draw(plan: Plan, *, start: Callable[[], None], key: str, folded: Sequence[str] = ()) -> None:
    """A plan in words and in time with its button; ``start`` is called back, and may leave a word why not under
    ``KEY_start_told``. What is said of the networks that are ``folded`` is behind an expander."""
    task = ui.lab().tasks.get(plan.experiment.task)
    sentences = described.describe_experiment(plan.experiment, plan.resolved.teacher, task)
    aside = [sentence for sentence in sentences if sentence.student in folded]
    _list([sentence for sentence in sentences if sentence not in aside])
    if aside:
        with st.expander(ngettext("{count} intermediate training", "{count} intermediate trainings", len(aside))):
            _list(aside)
    label = _("Show it") if plan.job_id else _("Start · {time}", time=times.about(plan.expected_seconds))
    if plan.job_id:
        there.show(ui.lab(), plan.job_id)
    if not plan.checked:
        st.caption(_("Whether these methods can compare these networks is found out at Start, before anything trains."))
    st.button(
        label,
        type="primary",
        icon=":material/play_arrow:",
        key=f"{key}_start",
        on_click=start,
        width="stretch",
        disabled=plan.too_long is not None,
    )
    expected.doubts(plan)
    not_started(f"{key}_start_told")
    table = st.expander(_("Planned runs"), on_change="rerun", key=f"{key}_plan")
    if table.open:
        spreadsheet.table(
            _runs(plan), place=table, hide_index=True, alt=_("The planned runs: student, seed, size, work and time")
        )


def offer(asked: Experiment, plan: Plan, label: str, *, key: str, icon: str, help: str) -> None:
    """The button that starts an experiment whose plan is known, with what makes its time unsure."""
    st.button(
        label, type="primary", icon=icon, key=key, on_click=_submit, args=(asked, f"{key}_told"), wrap=True, help=help
    )
    expected.doubts(plan)
    not_started(f"{key}_told")


def not_started(told: str) -> None:
    """Say why an experiment could not start, where that was left under this key."""
    error = st.session_state.pop(told, None)
    if error:
        st.warning(words.sentence(error), title=_("This could not start"))


def _submit(asked: Experiment, told: str) -> None:
    try:
        expected.submit(ui.lab(), asked)
    except DistillError as error:
        st.session_state[told] = error


def _list(sentences: Sequence[described.PlanSentence]) -> None:
    st.markdown("\n".join(f"- {words.plain(sentence.text)}" for sentence in sentences))


def _runs(plan: Plan) -> pd.DataFrame:
    return pd.DataFrame(
        {
            N_("network"): run.student,
            N_("seed"): run.seed,
            N_("time"): "done" if run.stored else times.rough(run.seconds),
            N_("parameters"): words.count(run.parameters),
            N_("MACs"): words.count(run.macs),
        }
        for run in plan.runs
    )
