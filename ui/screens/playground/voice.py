"""The visitor's own voice: words that the browser brings, the job that learns from them, and what stands beside each
other then."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

import ui
from distill_core.errors import DistillError, InvalidSetting
from distill_core.lab import JobView, Lab
from distill_core.tasks import Task
from distill_core.tasks.sound import fsdd, mfcc
from distill_core.tasks.sound.dataset import Recordings
from distill_core.tasks.sound.own_voice import FEWEST, TAKES, checked_words, is_own_voice
from ui.forms import fields
from ui.jobs import actions, live, pick
from ui.networks import exported
from ui.networks.exported import Network
from ui.text.language import _

__all__ = ["before", "explain", "lesson", "source", "take"]


def source(job: JobView | None, task: Task, networks: Sequence[Network]) -> str | None:
    """The run that gets used to the visitor's voice: the first chosen student, or what became of one before; None where
    the task has no such networks."""
    if job and is_own_voice(task.name):
        return next((one.start.run for one in job.experiment.students if one.start and one.start.run), None)
    if task.name != fsdd.NAME:
        return None
    chosen = [one for one in networks if one.file == "float32" and one.role != "teacher"]
    return next((one.run_id for one in (*(one for one in chosen if one.role == "student"), *chosen)), None)


def before(lab: Lab, job: JobView | None, task: Task, run_id: str | None) -> tuple[Network, ...]:
    """The network that gets used to a voice, which answers while nothing else of such a job does."""
    if run_id is None or job is None or job.state not in live.ACTIVE or not is_own_voice(task.name):
        return ()
    try:
        return (exported.anywhere(lab, run_id, ()),)
    except DistillError:  # deleted meanwhile
        return ()


def lesson(job: JobView | None, task: Task) -> dict[str, Any]:
    """What the browser is told of the lesson."""
    busy = job is not None and is_own_voice(task.name) and job.state in live.ACTIVE
    return {"names": list(fsdd.DIGITS), "takes": TAKES, "least": FEWEST, "busy": busy}


def take(sent: Any, run_id: str | None) -> None:
    """For callbacks: queue what learns from the words that were sent, and show it."""
    if run_id is None:
        return
    lab = ui.lab()

    def adapt() -> None:
        words = _words(sent)
        name = _("A voice, {count} words", count=len(words.labels_N))
        job = lab.job(lab.voices.adapt(run_id, words, name=name))
        st.session_state["job"] = actions.place(job)
        pick.mine(job.experiment.task)
        fields.another()

    actions.tried(adapt)


def explain(task: Task) -> None:
    """What the networks of such a job are."""
    if not is_own_voice(task.name):
        return
    st.caption(
        _(
            "Before and after: **as it was** is the network as it came; **norms anew** measured its batch norms on the "
            "words, without a label; the one taught by the teacher learnt from its answers; the one with labels was "
            "told each digit. Say a digit that you said before, and say it anew."
        )
    )


def _words(sent: Any) -> Recordings:
    """Raises InvalidSetting for what no page of the lab sends."""
    try:
        rows: list[Mapping[str, Any]] = list(sent["words"])[: TAKES * len(fsdd.DIGITS) + 1]
        values = [np.frombuffer(base64.b64decode(row["values"], validate=True), "<f4") for row in rows]
        values_NCT = np.array([one.reshape(mfcc.INPUT.shape) for one in values])
        frames_N, digits_N = (np.array([int(row[name]) for row in rows], np.int64) for name in ("frames", "digit"))
    except (LookupError, TypeError, ValueError, OverflowError, binascii.Error) as error:
        raise InvalidSetting(
            "the words of a voice",
            expected="features of words",
            got="something else",
            hint="load the page again and record them",
        ) from error
    return checked_words(values_NCT, frames_N, digits_N)
