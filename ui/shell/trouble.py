"""What a visitor reads when something fails: a sentence, and for what was not foreseen a reference into the log, where
tracebacks and the server's paths stay."""

import functools
import hashlib
import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, get_script_run_ctx

from distill_core.errors import DistillError
from ui.jobs import actions
from ui.shell import ticks
from ui.text import words
from ui.text.language import N_, _

__all__ = ["PART", "foreseen", "fragment", "guarded", "in_callback", "unexpected"]

LOG = logging.getLogger(__name__)
TITLE = N_("Something went wrong")
PART = N_("This part cannot be shown")
# A fragment that fails at each tick, for each visitor, says so in the log once in so long.
QUIET_SECONDS = 60.0
MOST_KEPT = 1000
_told: dict[str, float] = {}


def unexpected(error: Exception, *, clock: Callable[[], float] = time.monotonic) -> str:
    """Write an unforeseen error to the log; the sentence for visitors, with the reference that stands there.

    The same fault has the same reference.
    """
    frames = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    reference = hashlib.sha256("\n".join([type(error).__name__, *frames[-8:]]).encode()).hexdigest()[:8]
    if _is_new(reference, clock()):
        # In one piece, as another line a reference: the log leaves out what repeats (ui/server/logs.py).
        LOG.error("%s", f"unexpected error, reference {reference}", exc_info=error)
    return _(
        "This is a fault of the lab, not of what you did. Its log has the details under reference {reference}.",
        reference=reference,
    )


def foreseen(error: DistillError, *, clock: Callable[[], float] = time.monotonic) -> str:
    """The sentence of an engine's error without the server's paths; where it has some, the log has the whole."""
    whole = str(error)
    text = words.without_paths(whole)
    if text != whole and _is_new(whole, clock()):
        LOG.warning("%s", whole)
    return words.without_paths(words.told(error.text))


def _is_new(what: str, now: float) -> bool:
    if now - _told.get(what, -QUIET_SECONDS) < QUIET_SECONDS:
        return False
    if len(_told) >= MOST_KEPT:
        _told.clear()
    _told[what] = now
    return True


@contextmanager
def guarded(*, aside: str | None = None, refused: str = TITLE) -> Iterator[None]:
    """Draw what is inside; where it fails, say so there, and what comes after it is drawn all the same.

    ``refused``: the title of what the engine refuses; ``PART`` where the rest of the page stands.
    ``aside``: all that is said of an error which the page itself will tell. Streamlit's own signals (a rerun, a stop)
    are no ``Exception`` and pass.
    """
    try:
        yield
    except DistillError as error:
        if aside is None:
            foreseen(error)  # its paths are for the log
            st.warning(words.sentence(error), title=_(refused))
        else:
            st.caption(aside)
    except Exception as error:
        st.error(unexpected(error), title=_(TITLE))


def fragment(draw: Callable[..., None], every_seconds: float | None, *, once: bool = False) -> Callable[..., None]:
    """``draw`` as a part of the page with a clock of its own (None: without), guarded at each tick.

    It ticks more rarely where there are many visitors, unless it ticks only ``once``.
    """

    @functools.wraps(draw)  # Streamlit knows a fragment by its function's name
    def drawn(*args: Any, **kwargs: Any) -> None:
        if every_seconds and not once:
            ticks.again(ticks.seconds(every_seconds))
        with guarded():
            draw(*args, **kwargs)

    return st.fragment(run_every=every_seconds if once or not every_seconds else ticks.seconds(every_seconds))(drawn)


def in_callback(error: Exception) -> bool:
    """For ``st.App(on_script_error=...)``, which hears of what no ``guarded`` caught: a callback failed, or the shell.

    After a failed callback Streamlit draws nothing; so the page is drawn once more, with the sentence. Always True: the
    visitor was told.
    """
    shown: str | DistillError
    if isinstance(error, DistillError):
        foreseen(error)  # its paths are for the log
        shown = error
    else:
        shown = unexpected(error)
    context = get_script_run_ctx()
    if actions.TOLD in st.session_state or context is None or context.script_requests is None:
        st.error(words.sentence(shown), title=_(TITLE))  # the second time in a row: the page cannot be drawn
        return True
    st.session_state[actions.TOLD] = shown
    try:
        st.rerun()
    except RerunException as again:  # which a handler may not let pass
        context.script_requests.request_rerun(again.rerun_data)
    return True
