"""A click is not lost where the run that it began is put aside for a newer one, as for that of a widget or a link.

Streamlit hears of a click once: its browser side takes it back as soon as it was sent.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import streamlit as st
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils import script_requests

__all__ = ["button", "pass_on"]

ASKED = "click_asked"


def button(label: str, key: str, draw: Callable[[], object], **more: Any) -> None:
    """A button that opens a dialog: ``draw`` is called by the first run after the click that comes to this place."""
    st.button(label, key=key, on_click=_ask, args=(key,), **more)
    if st.session_state.get(ASKED) == (_page(), key):
        del st.session_state[ASKED]
        draw()


def pass_on() -> None:
    """Let the clicks of a run that has not begun be those of the run that takes its place. Calling it again changes
    nothing."""
    ask = AppSession.request_rerun
    if getattr(ask, "passes_on", False):
        return

    @wraps(ask)
    def request_rerun(session: Any, client_state: Any) -> None:
        waits = _taken_back(session) if client_state and not client_state.fragment_id else None
        if waits:
            both = script_requests._coalesce_widget_states(waits, client_state.widget_states)
            client_state.widget_states.CopyFrom(both)
        ask(session, client_state)

    request_rerun.passes_on = True  # type: ignore[attr-defined]
    AppSession.request_rerun = request_rerun  # type: ignore[method-assign]


def _taken_back(session: Any) -> Any:
    """What a run that has not begun was asked with: it does not begin any more. None where there is no such run."""
    requests = getattr(session._scriptrunner, "_requests", None)
    if requests is None:
        return None
    with requests._lock:
        if requests._state != script_requests.ScriptRequestType.RERUN:
            return None
        requests._state = script_requests.ScriptRequestType.STOP
        return requests._rerun_data.widget_states


def _ask(key: str) -> None:
    st.session_state[ASKED] = (_page(), key)


def _page() -> str:
    context = get_script_run_ctx()
    return context.page_script_hash if context else ""
