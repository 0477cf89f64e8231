"""What stands beside every screen: what loads the machine, and how far that is."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from distill_core.jobs.background_task import TaskStatus
from distill_core.lab import Lab
from distill_core.lab.views import JobView
from ui.browser import scripts
from ui.networks import style
from ui.shell import trouble
from ui.text import times, words
from ui.text.language import _, ngettext

__all__ = ["browser", "name", "queue"]

PERIOD_SECONDS = 2.0
_ICON = Path(__file__).with_name("icon.svg").read_text(encoding="utf-8")
_NAME = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="32" viewBox="0 0 160 32"><svg width="32" height="32">'
    '{icon}</svg><text x="42" y="22" font-family="sans-serif" font-size="19" font-weight="600" fill="{colour}">'
    "Distill Lab</text></svg>"
)
_CSS = """
.measuring {
  margin: 0;
  font-size: 0.875rem;
  opacity: 0.8;
}
"""
_measuring = st.components.v2.component(
    "measuring", html='<p class="measuring"></p>\n', css=_CSS, js=scripts.component("measuring")
)


def name(*, dark: bool) -> None:
    """The name of the lab above the pages."""
    st.logo(_NAME.format(icon=_ICON, colour=style.theme(dark).text), icon_image=_ICON)


def queue(lab: Lab, called: Callable[[JobView], str]) -> None:
    """Draw what runs, by the name that ``called`` gives it, and what waits; the timer ticks only while there is
    something."""
    busy = bool(lab.queue() or lab.background_tasks())
    trouble.fragment(_draw, PERIOD_SECONDS if busy else None)(lab, busy, called)


def browser() -> None:
    """What the visitor's own browser measures: the script of the page Benchmark tells it, and no run of a page."""
    _measuring(key="measuring")


def _draw(lab: Lab, busy: bool, called: Callable[[JobView], str]) -> None:
    jobs, background_tasks = lab.queue(), lab.background_tasks()
    if busy and not (jobs or background_tasks):
        st.rerun()  # draws the page without its timers
    if not (jobs or background_tasks):
        st.caption(_("Nothing is training."))
    for task in background_tasks:
        _background_task(task)
    if jobs:
        _running(jobs[0], called(jobs[0]))
    if jobs[1:]:
        st.caption(_others(jobs))


def _others(jobs: Sequence[JobView]) -> str:
    """What stands behind the first; a paused one delays no other, and the time at which it goes on is unknown.
    What another process of this lab runs does not wait."""
    paused = sum(job.state == "paused" for job in jobs[1:])
    beside = sum(job.state == "running" for job in jobs[1:])
    moving = [job for job in jobs if job.state != "paused"]
    waiting = len(jobs) - 1 - paused - beside
    lines = []
    if waiting:
        seconds = sum(job.expected_seconds if job.seconds_left is None else job.seconds_left for job in moving[:-1])
        lines.append(
            ngettext(
                "{count} more waits; the last starts in {time}.",
                "{count} more wait; the last starts in {time}.",
                waiting,
                time=times.about(seconds),
            )
        )
    if beside:
        lines.append(ngettext("{count} more runs in another process.", "{count} more run in another process.", beside))
    if paused:
        lines.append(ngettext("{count} more is paused.", "{count} more are paused.", paused))
    return " ".join(lines)


def _background_task(view: TaskStatus) -> None:
    text = " · ".join(filter(None, (words.plain(view.title), times.left(view))))
    st.progress(view.done / max(view.total, 1), text=text)


def _running(job: JobView, title: str) -> None:
    texts = (words.plain(title), words.state(job.state), times.of_job(job))
    st.progress(job.fraction, text=" · ".join(filter(None, texts)))
