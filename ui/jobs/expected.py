"""What makes the time that a plan tells unsure: a pace that is not measured yet, and other programs."""

from contextlib import nullcontext
from dataclasses import replace

import streamlit as st

from distill_core.accelerator import device_of
from distill_core.execution.pace_measurement import is_measured
from distill_core.jobs.torch_import import is_torch_imported
from distill_core.lab import Lab
from distill_core.lab.views import Plan
from distill_core.spec import Experiment
from ui.kept import is_kept, kept
from ui.shell import trouble
from ui.text import times, words
from ui.text.language import N_, _

__all__ = ["doubts", "planned", "submit"]

PERIOD_SECONDS = 2.0
GUESS = N_("How fast this machine trains is being measured: until then the time is a guess.")
NO_PACE = N_("Nothing was trained on {device} here yet, so its pace is not known: the time is what the CPU would take.")


def planned(lab: Lab, asked: Experiment, *, room_px: int = 0) -> Plan:
    """The plan of an experiment, kept while nothing that it depends on changes; while it is made, its place is grey and
    ``room_px`` high. Raises what ``Lab.plan`` raises."""
    waiting = tuple(job.id for job in lab.queue())
    key = ("plan", asked.to_json(), lab.reports.runs_version(), waiting, is_measured(), is_torch_imported())
    # A skeleton starts a thread, for which a page beside a training waits.
    place = st.skeleton(height=room_px) if room_px and not is_kept(key) else st.empty() if room_px else nullcontext()
    with place:
        found: Plan = kept(key, lambda: lab.plan(asked))
    return replace(found, busy=lab.busy())


def submit(lab: Lab, asked: Experiment) -> str:
    """Queue an experiment by the plan that is shown of it; its job. Raises what ``Lab.submit`` raises."""
    return lab.submit(planned(lab, asked))


def doubts(plan: Plan | None) -> None:
    """Tell of what makes a time unsure, and of what stands in the way or is hardly meant; where the time is a guess,
    the page is drawn anew as soon as it is none."""
    if plan is None or plan.job_id:
        return
    if plan.too_long:
        st.warning(words.sentence(plan.too_long), title=_("This takes too long"))
    for note in plan.notes:
        st.caption(words.sentence(note))
    if text := times.others(plan.busy):
        st.caption(words.firm(text))
    device = device_of(plan.experiment)
    if not plan.pace_known and device != "cpu":
        st.caption(_(NO_PACE, device=device))
    elif not plan.pace_known:
        trouble.fragment(_wait, PERIOD_SECONDS)()


def _wait() -> None:
    if is_measured():
        st.rerun()
    st.caption(_(GUESS))
