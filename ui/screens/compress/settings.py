"""Where a pipeline starts, above its steps, and what all its trainings share, below them."""

import streamlit as st

from distill_core.lab import Lab
from distill_core.spec import Budget
from distill_core.templates.compression_chain import CompressionChain
from ui.forms import fields, shared, spec_form
from ui.screens.compress import edits, starts
from ui.screens.compress.draft import FORM
from ui.text import titles
from ui.text.language import _

__all__ = ["budget", "start", "task_and_teacher"]


def task_and_teacher(lab: Lab) -> None:
    """Of both ways to make a pipeline."""
    shared.task(FORM, lab, then=lambda: _retasked(lab))
    shared.teacher(FORM, lab)


def start(lab: Lab) -> None:
    st.subheader(_("1 · Start"))
    with st.grid(3, min_column_width=135):
        task_and_teacher(lab)
        kind = starts.kind(FORM.get(("start",)))
        FORM.option(
            spec_form.title(CompressionChain, "start"),
            ("start",),
            kind,
            starts.KINDS,
            shown={name: _(name) for name in starts.KINDS},
            read=lambda chosen: starts.of_kind(lab, FORM.get(("task",)), chosen),
            help=spec_form.help_of(CompressionChain, "start"),
        )
        if kind == starts.OWN:
            shared.network(FORM, lab, ("start",))
            shared.shape(FORM, ("start",))
        elif kind == starts.FINISHED:
            _finished(lab)


def _finished(lab: Lab) -> None:
    """Which finished network; one that is not on offer stays until another is chosen."""
    now = fields.choice_of(FORM.get(("start",)))
    offered = starts.finished(lab, FORM.get(("task",)), now and now.key)
    if offered:
        runs = {shared.plain_teacher(option)["run"]: name for name, option in offered.items()}
        named = titles.teachers(offered)
        shown = {run: named[name] for run, name in runs.items()}
        FORM.option(_("Finished network"), ("start", "run"), FORM.get(("start", "run")), [*runs], shown=shown)


def _retasked(lab: Lab) -> None:
    """After another task was chosen: an initial network that takes its examples, and slices that do."""
    task, now = FORM.get(("task",)), FORM.get(("start",))
    if starts.kind(now) == starts.OWN:
        FORM.put(("start",), shared.with_network(now, starts.networks(lab, task)))
    else:
        FORM.put(("start",), starts.of_kind(lab, task, starts.kind(now)))
    FORM.put(("links",), starts.cut_for_task(lab, FORM.values))
    edits.retasked()


def budget() -> None:
    st.subheader(_("3 · Budget"))
    FORM.number(Budget, "budget", "updates")
    with st.expander(_("Seeds, batch size, labels and control runs")):
        with st.grid(4, min_column_width=135):
            FORM.number(CompressionChain, "seeds")
            FORM.number(Budget, "budget", "batch_size")
            FORM.labels(CompressionChain, "labels")
            FORM.choice(CompressionChain, "transfer", shown=titles.TRANSFER)
        FORM.check(CompressionChain, "controls")
    if FORM.get(("optimiser",)):
        st.caption(_("Kept as the specification says it, without a field here: optimiser."))
