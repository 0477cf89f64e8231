"""What stands beside every screen: the queue, with how far it is."""

import streamlit as st

from distill_core.lab import Lab
from distill_core.views import JobView
from ui import words

__all__ = ["queue"]

PERIOD_SECONDS = 2.0


def queue(lab: Lab) -> None:
    """Draw what runs and what waits; the timer ticks only while there is something."""
    busy = bool(lab.queue())
    st.fragment(run_every=PERIOD_SECONDS if busy else None)(_draw)(lab, busy)


def _draw(lab: Lab, busy: bool) -> None:
    jobs = lab.queue()
    if busy and not jobs:
        st.rerun()  # draws the page without its timers
    if not jobs:
        st.caption("Nothing is training.")
        return
    _running(jobs[0])
    if jobs[1:]:
        waiting = sum(job.seconds_left or job.expected_seconds for job in jobs[:-1])
        st.caption(f"{words.plural(len(jobs) - 1, 'more waits', 'more wait')}; the last starts in {_time(waiting)}.")


def _running(job: JobView) -> None:
    left = f" · {_time(job.seconds_left)} left" if job.seconds_left is not None and job.state == "running" else ""
    st.progress(job.fraction, text=f"{job.title} · {words.state(job.state)}{left}")


def _time(seconds: float) -> str:
    return f"about {words.duration(seconds)}"
