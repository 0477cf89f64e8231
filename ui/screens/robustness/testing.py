"""The background task that tests networks on disturbed examples: its button, and how far it is."""

from collections.abc import Callable, Sequence

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.machine import available_threads
from distill_core.robustness.evaluate import Condition as Tried
from ui.kept import derived
from ui.screens.robustness.trials import Cell, Trials
from ui.shell import trouble
from ui.text import times, words
from ui.text.language import _, by_kind

__all__ = ["attack_seconds", "attackable", "counted", "images", "seconds", "show", "started"]

PERIOD_SECONDS = 1.0
# What corrupting an image takes, the share of a network's latency that an image of many takes (0.55 of 0.57 ms for a
# ResNet-20, 0.047 of 0.055 for a ResNet-8), and how much longer an answer takes that an attack asks for: torch's.
START_SECONDS, SPOIL_MS, SHARE, OF_TORCH = 1.0, 0.018, 0.95, 1.5
STARTED, TOLD = "robustness_started", "robustness_told"


def images(tested: Trials, cells: Sequence[Cell], offered: Sequence[int], first: int, *, key: str) -> Trials:
    """Let a visitor choose how many test examples each of these cells has; the trials on so many."""
    found, default = tested.counts(offered, cells, first)
    if st.session_state.get(key) not in found:
        st.session_state.pop(key, None)  # another task has fewer
    chosen = st.segmented_control(
        by_kind(tested.kind, "Test {examples} per condition"),
        found,
        default=default,
        required=True,
        key=key,
        bind="query-params",
        help=by_kind(
            tested.kind,
            "The first of the test {examples}, the same for all networks. Fewer are quicker and less certain.",
        ),
    )
    return tested.on(int(chosen or default))


def counted(tested: Trials) -> None:
    """Say on which examples the numbers below are, and why they are not those of another page."""
    if tested.images < tested.most_images:
        st.markdown(
            _(
                "All numbers here are on **{counted}**; scores in Compare are on all of them.",
                counted=tested.counted,
            )
        )
    else:
        st.markdown(_("All numbers here are on **{counted}**.", counted=tested.counted))


def attackable(tested: Trials) -> list[str]:
    """The finished runs that have gradients: those whose file is not an 8- or 16-bit one, and that have weights."""
    small = set(tested.results.loc[tested.results["file"].isin(("int8", "float16")), "run_id"])
    return [run for run in tested.run_ids if run not in small | tested.without_weights]


def show(lab: Lab, begin: Callable[[], object], label: str, *, key: str, offered: bool = True, help: str = "") -> None:
    """The button ``label``, which calls ``begin``, or how far the background task is. ``offered=False``: no button,
    since nothing is lacking."""
    view = lab.robustness.testing()
    running = view is not None and not view.finished
    trouble.fragment(_draw, PERIOD_SECONDS if running else None)(lab, begin, label, key, offered, help, running)


def started(begin: Callable[[], object]) -> None:
    """For callbacks: begin a background task; what the engine refuses is told at the next drawing."""
    try:
        st.session_state[STARTED] = True
        begin()
    except DistillError as error:
        st.session_state[TOLD] = error


def _draw(
    lab: Lab, begin: Callable[[], object], label: str, key: str, offered: bool, help: str, was_running: bool
) -> None:
    view = lab.robustness.testing()
    running = view is not None and not view.finished
    if running != was_running:
        st.rerun()  # with the new numbers, and with or without a timer
    if view is not None and running:
        text = " · ".join(filter(None, (f"{view.title}: {view.step}", times.left(view))))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(view.done / max(view.total, 1), text=words.plain(text))
            st.button(_("Stop"), icon=":material/stop:", key="testing_stop", on_click=ui.lab().robustness.stop_testing)
        _doubt(lab)
        return
    if offered:
        st.button(
            label,
            type="primary",
            icon=":material/shield:",
            key=key,
            on_click=started,
            args=(begin,),
            help=help or None,
            wrap=True,
        )
        _doubt(lab)
    # What went wrong is told once, to the one who pressed the button.
    ended = view.error if view and st.session_state.pop(STARTED, False) else None
    error = st.session_state.pop(TOLD, None) or ended
    if error:
        st.warning(words.sentence(error), title=_("Not all of it could be tested"))


def _doubt(lab: Lab) -> None:
    if text := times.others(lab.busy(), tests=True):
        st.caption(words.firm(text))


def seconds(tested: Trials, runs: Sequence[str], cells: int) -> float:
    """Until these runs are tested in so many cells, on all cores, from the latency of their networks on one."""
    each_ms = SPOIL_MS + SHARE * sum(_each(tested, runs, "p50_ms")) / available_threads()
    return START_SECONDS + cells * tested.images * each_ms / 1000


def attack_seconds(tested: Trials, runs: Sequence[str], cells: Sequence[Cell]) -> float:
    """Until these runs are attacked in these cells, on all cores."""
    tried = [Tried(perturbation=name, strength=strength, images=tested.images) for name, strength in cells]
    answers = sum(trial.work * (OF_TORCH if trial.is_attack else 1) * trial.images for trial in tried)
    return START_SECONDS + answers * SHARE * sum(_each(tested, runs, "p50_ms")) / available_threads() / 1000


def _each(tested: Trials, runs: Sequence[str], column: str) -> list[float]:
    """A number of the summary for each of these runs; where it is not known, the mean of the others."""
    found: list[float] = derived(tested.summary, "each", lambda: _numbers(tested, runs, column), column, *runs)
    return found


def _numbers(tested: Trials, runs: Sequence[str], column: str) -> list[float]:
    rows = tested.summary.explode("run_ids")
    known = rows[rows["run_ids"].isin(runs)][column].astype(float)
    return known.fillna(known.mean() if known.notna().any() else 1.0).tolist()
