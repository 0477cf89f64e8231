"""Experiments with a visitor's own voice: lists offer them to who recorded the words, and to nobody else."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from distill_core.lab import JobView, Lab
from distill_core.spec import Experiment
from distill_core.tasks.sound.own_voice import is_own_voice
from ui.text.language import _

__all__ = ["called", "latest", "may_see", "mine", "seen"]

_OWN = "own_voices"
Fits = Callable[[Experiment], bool]


def mine(task: str) -> None:
    """Note that the words of this task are the visitor's."""
    st.session_state.setdefault(_OWN, set()).add(task)


def may_see(experiment: Experiment) -> bool:
    """Whether a list offers an experiment to this visitor: voices of others are found by their number alone."""
    return not is_own_voice(experiment.task) or experiment.task in st.session_state.get(_OWN, ())


def called(job: JobView) -> str:
    """What all visitors read of a job: how many words another one spoke is nobody's business."""
    return job.title if may_see(job.experiment) else _("A voice of another visitor")


def seen(fits: Fits | None) -> Fits:
    """What ``fits`` and may be seen."""
    return lambda experiment: may_see(experiment) and (fits is None or fits(experiment))


def latest(lab: Lab, limit: int, **asked: Any) -> tuple[JobView, ...]:
    """``Lab.jobs`` without voices of others."""
    jobs = lab.jobs(limit=limit, **asked)
    # A filter reads specifications one by one; voices are rare.
    return jobs if all(may_see(job.experiment) for job in jobs) else lab.jobs(limit=limit, fits=may_see, **asked)
