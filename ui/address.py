"""What the address of a page may say, and what it does say: an address copied from the bar opens what is shown."""

import math
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st
from streamlit.runtime.state import session_state

__all__ = ["bar", "begin", "refuse_infinite", "says"]

SAYS, SAID = "address_says", "address_said"
# Where the address does not have these, a page takes them from what the lab holds just then, or (the last three) no
# widget holds them. All else either has a default that does not change or is written there by Streamlit.
CHANGING = frozenset(
    {
        *("job", "runs", "task_of", "experiments", "chain", "race", "grid", "pupil", "seen", "s_student"),
        *("task_seen", "teacher_seen", "student_seen", "image", "rotation", "blur", "noise"),
    }
)
# Streamlit keeps out of the address what is a widget's default: but the newest experiment is another one tomorrow. Its
# own ways to write there make an entry of the browser's history each time; this one makes none. After a change of the
# page the bar lags behind it.
_SCRIPT = """
const PATIENCE = 50
const LINKS = '[data-testid="stSidebarNavLink"], [data-testid="stPageLink-NavLink"]'
export default function ({ data }) {
  let waiting = null
  const write = tries => {
    const url = new URL(window.location.href)
    if (url.pathname.split("/").at(-1) !== data.page) {
      if (tries) waiting = setTimeout(write, 100, tries - 1)
      return
    }
    const wanted = new URLSearchParams(data.query)
    for (const key of [...data.gone, ...wanted.keys()]) url.searchParams.delete(key)
    for (const [key, value] of wanted) url.searchParams.append(key, value)
    if (url.search !== window.location.search) window.history.replaceState(window.history.state, "", url)
  }
  // On the way to another page the bar is as bare as Streamlit expects it, else it makes an entry of the history more.
  const leave = event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !event.target.closest?.(LINKS)) return
    clearTimeout(waiting)
    const url = new URL(window.location.href)
    for (const key of new URLSearchParams(data.query).keys()) url.searchParams.delete(key)
    window.history.replaceState(window.history.state, "", url)
  }
  write(PATIENCE)
  document.addEventListener("click", leave, true)
  return () => {
    clearTimeout(waiting)
    document.removeEventListener("click", leave, true)
  }
}
"""
_component = st.components.v2.component("address", js=_SCRIPT)


def begin() -> None:
    """First in each run: what a page said whose run did not come to its end is forgotten."""
    st.session_state.pop(SAYS, None)


def says(query: str) -> None:
    """What opens this page as it stands, as in a link; what of it may change by itself is kept for ``bar``."""
    st.session_state[SAYS] = [(key, value) for key, value in parse_qsl(query) if key in CHANGING]


def bar(page: str) -> None:
    """Put that into the browser's address bar. ``page``: the path of the page, which it has to stand at by then.

    Called once at the end of each run of a page. It asks for no further run.
    """
    said = st.session_state.pop(SAYS, [])
    keys = {key for key, _ in said}
    gone = sorted(st.session_state.get(SAID, keys) - keys)
    st.session_state[SAID] = keys
    runs = st.session_state["address_runs"] = st.session_state.get("address_runs", 0) + 1
    # "runs": it looks again after each one, since Streamlit writes there too.
    _component(key="address", data={"page": page, "query": urlencode(said), "gone": gone, "runs": runs}, height=1)


def refuse_infinite() -> None:
    """Make Streamlit treat ``inf`` and ``nan`` in an address as it treats any other wrong value of a widget: the
    default is shown, and the value leaves the address. Its own ``int(inf)`` raises OverflowError in place of the page.

    Here and not before a page is drawn, since only the widget knows that it wants a number: a student may be named
    "nan". Calling it again changes nothing.
    """
    parse = session_state.parse_url_param
    if getattr(parse, "finite", False):
        return

    @wraps(parse)
    def parse_finite(value: str | list[str], value_type: str) -> Any:
        parsed = parse(value, value_type)
        several = parsed if isinstance(parsed, list) else [parsed]
        if any(isinstance(one, float) and not math.isfinite(one) for one in several):
            raise ValueError(f"no finite number: {value}")
        return parsed

    parse_finite.finite = True  # type: ignore[attr-defined]
    session_state.parse_url_param = parse_finite
