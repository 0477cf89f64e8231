"""The server's own numbers: what jobs measured already stands there; more is measured at the press of a button."""

import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import Lab
from ui.kept import derived
from ui.screens.benchmark.choose import Choice
from ui.screens.benchmark.numbers import Numbers
from ui.shell import trouble
from ui.text import times, words
from ui.text.language import _

__all__ = ["expected_seconds", "show"]

PERIOD_SECONDS = 1.0
STARTED, TOLD = "benchmark_server_started", "benchmark_server_told"
# The definition of a latency, and what comes before it: the session, the first run, the warm-up.
LEAST_SECONDS, RUNS, START_SECONDS = 2.0, 200, 0.5
EAGER = 3.0


def show(lab: Lab, choice: Choice, numbers: Numbers) -> None:
    """The button, or how far the server's measuring is."""
    view = lab.devices.measuring()
    running = view is not None and not view.finished
    trouble.fragment(_draw, PERIOD_SECONDS if running else None)(lab, choice, numbers, running)


def expected_seconds(choice: Choice, numbers: Numbers) -> float:
    """Until all of it is measured, from what is known of the batch sizes that were measured before."""
    asked = (*choice.batches, *choice.precisions)
    found: float = derived(numbers, "server's seconds", lambda: _expected_seconds(choice, numbers), *asked)
    return found


def _expected_seconds(choice: Choice, numbers: Numbers) -> float:
    server, total = numbers.server, 0.0
    for network in numbers.looks:
        known = server[(server["network"] == network) & (server["backend_key"] == "onnxruntime")]
        an_image_ms = float((known["p50_ms"] / known["batch_size"]).median()) if len(known) else 1.0
        for batch_size in choice.batches:
            onnx = _seconds(batch_size * an_image_ms) * len(choice.precisions)
            eager = _seconds(EAGER * batch_size * an_image_ms) * ("float32" in choice.precisions)
            total += 2 * (onnx + eager)
    return total


def _seconds(run_ms: float) -> float:
    return max(LEAST_SECONDS, RUNS * run_ms / 1000) + START_SECONDS


def _draw(lab: Lab, choice: Choice, numbers: Numbers, was_running: bool) -> None:
    view = lab.devices.measuring()
    running = view is not None and not view.finished
    if running != was_running:
        st.rerun()  # with the new numbers, and with or without a timer
    if running:
        place = _("{done} of {total}: {step}", done=min(view.done + 1, view.total), total=view.total, step=view.step)
        text = " · ".join(filter(None, (place, times.left(view))))
        st.progress(view.done / max(view.total, 1), text=words.plain(text))
        st.button(_("Stop"), icon=":material/stop:", key="server_stop", on_click=lab.devices.stop_measuring)
        st.caption(_("Training waits while a network is timed, and goes on between two of them."))
        return
    st.button(
        _("Measure on this server · {time}", time=times.about(expected_seconds(choice, numbers))),
        icon=":material/speed:",
        key="server_run",
        on_click=_start,
        args=(choice,),
        help=_(
            "onnxruntime and torch's eager mode (float32 only), on one thread and on all, at the chosen batch "
            "sizes and precisions. Training waits meanwhile. What each experiment measured at its end is shown "
            "without it."
        ),
    )
    # What went wrong is told once, to the one who pressed the button.
    ended = view.error if view and st.session_state.pop(STARTED, False) else None
    error = st.session_state.pop(TOLD, None) or ended
    if error:
        st.warning(words.sentence(error), title=_("Not all of it could be measured"))


def _start(choice: Choice) -> None:
    try:
        st.session_state[STARTED] = True
        ui.lab().devices.measure_server(choice.run_ids, choice.batches, choice.precisions)
    except DistillError as error:
        st.session_state[TOLD] = error
