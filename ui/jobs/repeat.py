"""A study that ships beside its repetition here: which of them to look at, and the buttons that make one."""

from collections.abc import Sequence

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.reports.sweeps import Sweep
from distill_core.spec import Experiment
from ui.jobs import actions, expected, live
from ui.shell import trouble
from ui.text import times, words
from ui.text.language import _

__all__ = ["TICK_SECONDS", "beside", "own", "start", "still_open", "watch"]

TICK_SECONDS = 2.0


def own(studies: Sequence[Sweep], shipped: Sweep) -> Sweep | None:
    """The newest job that repeats what ships."""
    return next((sweep for sweep in studies if not sweep.shipped and sweep.repeats(shipped)), None)


def beside(lab: Lab, shipped: Sweep, again: Sweep | None, *, key: str) -> None:
    """What can be done about a repetition: start it, watch it, start it again; and where it stands."""
    if again is None or again.job_id is None:
        plan = expected.planned(lab, shipped.asked)
        st.button(
            _("Repeat it here · {time}", time=times.about(plan.expected_seconds)),
            icon=":material/replay:",
            key=f"repeat_{key}",
            on_click=start,
            args=(shipped.asked,),
            help=_("Trains the same specification on this machine; both results are then shown."),
        )
        expected.doubts(plan)
    elif again.state in live.ACTIVE:
        trouble.fragment(watch, TICK_SECONDS)(lab, again)
    elif again.state != "finished":
        job = lab.job(again.job_id)
        st.caption(
            _("The repetition here is {state}; what was finished by then is kept.", state=words.state(again.state))
        )
        actions.again_button(job, f"again_{key}")


def start(experiment: Experiment) -> str | None:
    """For callbacks: queue an experiment; its job, or None and a word why."""
    started: list[str] = []
    actions.act(lambda _: started.append(expected.submit(ui.lab(), experiment)), "")
    return started[0] if started else None


def still_open(lab: Lab, study: Sweep) -> bool:
    """Whether the study's job still waits or trains; not so where another window deleted it."""
    try:
        return study.job_id is not None and lab.job(study.job_id).state in live.ACTIVE
    except DistillError:
        return False


def watch(lab: Lab, again: Sweep) -> None:
    if not still_open(lab, again):
        st.rerun()
    live.bar(lab, lab.job(str(again.job_id)))
