"""Which experiment a page looks at: one picker, whose value stands in the address."""

import re
from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from distill_core.errors import DistillError, NotFound
from distill_core.lab import JobView, Lab
from ui import actions, words
from ui.kept import kept

__all__ = ["LATEST", "OLDER", "experiment", "find", "finished", "run_ids"]

LATEST = 50
LETTERS = 40
OLDER = "Older ones are not listed: write words of the title, or the number."


def experiment(
    lab: Lab,
    jobs: Sequence[JobView],
    *,
    help: str,
    on_change: Callable[[], None] | None = None,
    notes: DeltaGenerator | None = None,
) -> JobView:
    """The chosen job; the newest with a finished student where the address names none that is here.

    ``on_change``: called before the page is drawn when the visitor, and not a link, chose another one. ``notes``: where
    it is said that one is not here, by default under the picker.
    """
    by_name = {actions.place(job): job for job in jobs}
    newest = _newest(lab, jobs)
    chosen = st.selectbox(
        "Experiment",
        list(by_name),
        list(by_name.values()).index(newest),
        key="job",
        bind="query-params",
        accept_new_options=True,
        help=f"{help} {OLDER}",
        on_change=on_change or "rerun",
    )
    try:
        return find(lab, str(chosen))
    except DistillError as error:
        (notes or st).info(words.sentence(error), title="This experiment is not here")
        return newest


def find(lab: Lab, name: str) -> JobView:
    """The experiment with this number, also at the end of its name; else the newest with these words in its title,
    however old. Raises NotFound."""
    try:
        return lab.job(name.rpartition("#")[2].strip())
    except NotFound:
        found = lab.jobs(limit=1, words=name) if name.strip() and "#" not in name else ()
        if not found:
            raise
        return found[0]


def run_ids(names: Sequence[str]) -> list[str]:
    """The numbers of runs in what was chosen or written: ``name #number``, or numbers alone, with commas between."""
    parts = [part for name in names for part in ([name] if "#" in name else re.split(r"[,\s]+", name))]
    return list(dict.fromkeys(part.rpartition("#")[2].strip()[:LETTERS] for part in parts if part.strip()))


def _newest(lab: Lab, jobs: Sequence[JobView]) -> JobView:
    ids = [job.id for job in jobs]
    there = finished(lab, ids)
    return next((job for some in there for job in jobs if job.id in some), jobs[0])


def finished(lab: Lab, job_ids: Sequence[str]) -> tuple[set[str], set[str]]:
    """Which of these experiments have a finished student, and which have a finished network at all: one that has just
    begun takes the place of none that has something to show."""
    return kept(
        ("finished runs", lab.reports.results_version(job_ids, everywhere=False)), lambda: _finished(lab, job_ids)
    )


def _finished(lab: Lab, job_ids: Sequence[str]) -> tuple[set[str], set[str]]:
    return lab.reports.with_finished(job_ids, students=True), lab.reports.with_finished(job_ids)
