"""By goal: how large, how slow and how accurate a network may be; the lab finds the largest that fits and makes it."""

import uuid
from typing import Any

import streamlit as st

import ui
from distill_core.errors import DistillError, InvalidSetting
from distill_core.jobs.background_task import TaskStatus
from distill_core.lab import Lab
from distill_core.templates.compression_chain import CompressionChain
from distill_core.templates.goal import Goal, Proposal
from ui.findings import goal as findings
from ui.findings.sentences import paragraphs
from ui.forms import fields
from ui.jobs import expected, plan
from ui.screens.compress import edits, planned, settings
from ui.screens.compress.draft import FORM
from ui.shell import trouble
from ui.text import times, words
from ui.text.language import N_, Texts, _

__all__ = ["MODE", "address", "asked", "draw", "mode", "read", "show"]

MODE, BY_GOAL, BY_HAND = "c_mode", "goal", "hand"
MODES = Texts({BY_GOAL: N_("By goal"), BY_HAND: N_("By hand")})
KB, MS, ACCURACY = "goal_kb", "goal_ms", "goal_accuracy"
KEYS = (MODE, KB, MS, ACCURACY)
PERIOD_SECONDS = 0.5
# What this visitor searches for, and by which name the lab knows who may stop it.
SOUGHT, ASKER = "goal_sought", "goal_asker"
TOLD, START = "goal_told", "goal"
NO_GOAL = N_("Say how many bytes or milliseconds the network may take at most.")


def mode() -> bool:
    """The segment above the form; whether it says "By goal"."""
    st.segmented_control(
        _("How the pipeline is made"),
        list(MODES),
        default=BY_HAND,
        required=True,
        key=MODE,
        bind="query-params",
        **fields.titled(MODE, MODES),
    )
    return asked()


def asked() -> bool:
    """Whether the pipeline comes from a goal."""
    return bool(st.session_state.get(MODE) == BY_GOAL)


def address() -> dict[str, Any]:
    """What the address holds of the goal."""
    return {key: st.session_state[key] for key in KEYS if st.session_state.get(key) is not None}


def draw(lab: Lab) -> None:
    """The fields of a goal: of the limits that are left empty there is none."""
    st.subheader(_("Goal"))
    with st.grid(3, min_column_width=150):
        _limit(_("At most, in kB"), KB, 1.0, 1e6, "%.4g", _("The network's file."), step=10.0)
        _limit(_("At most, in ms"), MS, 0.001, 1e5, "%.4g", _(MS_HELP), step=0.05)
        _limit(_("Test score at least, in %"), ACCURACY, 0.0, 100.0, "%.4g", _(ACCURACY_HELP), step=1.0)
        settings.task_and_teacher(lab)
        FORM.number(CompressionChain, "seeds")
    st.caption(
        _(
            "Bytes are those of the whole file. A latency is the median for one example on one thread of this "
            "machine, timed on the untrained network: weights do not change it. The test score is known "
            "only after the training."
        )
    )


MS_HELP = N_("The median latency for one example on one thread of this machine.")
ACCURACY_HELP = N_("It chooses no network: the largest that fits is trained, and then judged.")


def _limit(label: str, key: str, low: float, high: float, written: str, help: str, *, step: float) -> None:
    st.number_input(
        label, low, high, None, step, written, key=key, bind="query-params", help=help, placeholder=_("no limit")
    )


def read() -> Goal:
    """The goal that the fields mean. Raises InvalidSetting."""
    state = st.session_state
    size_kb, accuracy = state.get(KB), state.get(ACCURACY)
    if size_kb is None and state.get(MS) is None:
        raise InvalidSetting(_(NO_GOAL))
    return Goal.of(
        {
            "task": FORM.get(("task",)),
            "teacher": FORM.get(("teacher",)),
            "most_bytes": None if size_kb is None else round(1000 * size_kb),
            "most_ms": state.get(MS),
            "least_accuracy": None if accuracy is None else accuracy / 100,
            "seeds": FORM.get(("seeds",)),
        }
    )


def show(lab: Lab) -> None:
    """The search, then what it proposes with its plan, or why nothing fits."""
    plan.stick("compress_side")
    st.subheader(_("What fits"))
    with st.container(border=True):
        try:
            goal = read()
        except DistillError as error:
            st.info(words.sentence(error))
            return
        running = _runs(_mine(lab, goal))
        trouble.fragment(_search, PERIOD_SECONDS if running else None)(lab, goal, running)
        if not running:
            _proposed(lab, goal)


def _mine(lab: Lab, goal: Goal) -> TaskStatus | None:
    """The last search for this goal that this visitor began."""
    sought = st.session_state.get(SOUGHT)
    # Accuracy and seeds are about what is trained afterwards.
    later = {"least_accuracy": goal.least_accuracy, "seeds": goal.seeds}
    return lab.goals.searching(goal) if sought and sought.model_copy(update=later) == goal else None


def _runs(status: TaskStatus | None) -> bool:
    return status is not None and not status.finished


def _search(lab: Lab, goal: Goal, was_running: bool) -> None:
    status = _mine(lab, goal)
    if _runs(status) != was_running:
        st.rerun()  # with what was found, or with a timer
    if status and not status.finished:
        step = status.step or _("Counting the weights of every network")
        text = " · ".join(filter(None, (step, times.left(status))))
        st.progress(status.done / status.total, text=words.plain(text))
        st.button(_("Stop"), icon=":material/stop:", key="goal_stop", on_click=_stop)
        st.caption(
            _("Each network is built and its file counted; where the goal has milliseconds, it is timed here too.")
        )


def _proposed(lab: Lab, goal: Goal) -> None:
    try:
        found = lab.goals.found(goal)
    except InvalidSetting as error:
        st.warning(words.sentence(error), title=_("No network reaches this goal"))
        return
    if found is None:
        # Of another visitor's search nothing is told here.
        mine = _mine(lab, goal)
        error = st.session_state.pop(TOLD, None) or (mine.error if mine else None)
        if error:
            st.warning(words.sentence(error), title=_("The search ended early"))
        label = _("Find the largest network that fits")
        st.button(label, type="primary", icon=":material/search:", key="goal_find", on_click=_find, width="stretch")
        return
    st.markdown(words.firm(*paragraphs([findings.proposed(found)])))
    try:
        chain = lab.goals.chain(found)
        whole = expected.planned(lab, lab.catalog.chain_experiment(chain))
    except DistillError as error:
        plan.refused(error, title=_("This cannot run now"), key=START)
        return
    plan.draw(whole, start=lambda: planned.submit(whole.experiment, START), key=START)
    st.button(
        _("Edit by hand"), icon=":material/edit:", key="goal_edit", type="tertiary", on_click=_by_hand, args=(found,)
    )


def _find() -> None:
    lab, state = ui.lab(), st.session_state
    try:
        goal = read()
        _stop()  # a visitor has one search at a time
        lab.goals.search(goal, state.setdefault(ASKER, uuid.uuid4().hex))
        state[SOUGHT] = goal
    except DistillError as error:
        state[TOLD] = error


def _stop() -> None:
    sought = st.session_state.pop(SOUGHT, None)
    if sought:
        ui.lab().goals.stop(sought, st.session_state[ASKER])


def _by_hand(found: Proposal) -> None:
    edits.take(ui.lab().goals.chain(found))
    st.session_state[MODE] = BY_HAND
