"""What the address of a page may say, and what it does say: an address copied from the bar opens what is shown."""

import math
from collections.abc import Iterable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import session_state

from ui.browser import scripts

__all__ = ["arrived", "bar", "begin", "drops", "enters", "reads", "refuse_infinite", "says", "shows"]

SAYS, SAID, PAGE, TITLED = "address_says", "address_said", "address_page", "address_titled"
ON, ARRIVED, DROPPED = "address_on", "address_arrived", "address_dropped"
# Where the address does not have these, a page takes them from what the lab holds just then, or no widget holds them
# (spec, rotation, blur, noise). All else either has a default that does not change or is written there by Streamlit.
CHANGING = frozenset(
    {
        *(
            "job",
            "runs",
            "task_of",
            "experiments",
            "chain",
            "comparison",
            "grid",
            "pupil",
            "seen",
            "s_student",
            "v_student",
        ),
        *("task_seen", "teacher_seen", "student_seen", "image", "rotation", "blur", "noise", "spec"),
        "compress_show",
        # Chosen in a table before their own widgets are drawn.
        *("family", "of_without_a_teacher", "of_logits", "of_relations_and_graphs", "of_features", "of_schemes"),
    }
)
# What a link that was shared before calls a setting.
RENAMED = {"ladder_cost": "pipeline_cost", "race": "comparison"}
_component = st.components.v2.component("address", js=scripts.component("address"))


def begin() -> None:
    """First in each run: what a page said whose run did not come to its end is forgotten, and all that the address
    holds is this page's.

    Streamlit drops what has the name of a setting of the page before: by a link or Back from Playground, "job" would
    not reach Benchmark. ``address.js`` takes care that nothing of the page before stands there.
    """
    st.session_state.pop(SAYS, None)
    st.session_state[TITLED] = set()
    context = get_script_run_ctx()
    if context is None or st.session_state.get(PAGE) == context.page_script_hash:
        return
    st.session_state[PAGE] = context.page_script_hash
    with context.session_state.query_params() as parameters:
        fewer = parameters.to_dict()
        parameters.populate_from_query_string(_as_called_today(context.query_string))
        parameters.set_initial_query_params_from_current()
        if parameters.to_dict() != fewer:
            parameters._send_query_param_msg()  # the browser was told those


def _as_called_today(query: str) -> str:
    asked = parse_qsl(query, keep_blank_values=True)
    if not RENAMED.keys() & {key for key, _ in asked}:
        return query
    return urlencode([(RENAMED.get(key, key), value) for key, value in asked])


def enters(page: str) -> None:
    """Before a page is drawn, by its path: the number of a page that ``begin`` has is, at a link's first run, none."""
    if st.session_state.get(ON) != page:
        st.session_state[ON], st.session_state[ARRIVED], st.session_state[DROPPED] = page, True, frozenset()


def arrived() -> bool:
    """Whether this is the first time that a page asks since the visitor came to it: by a link, by Back, or anew. Later
    runs may be asked for with an address of a moment before, since the bar lags behind the page."""
    return bool(st.session_state.pop(ARRIVED, False))


def drops(keys: Iterable[str]) -> None:
    """What of the address the page has taken over under another name: it leaves the bar, and does not come back there
    while the visitor stays."""
    st.session_state[DROPPED] = st.session_state.get(DROPPED, frozenset()).union(keys)


def shows(key: str, titles: Mapping[Any, str]) -> None:
    """Right before a widget is drawn that shows ``titles``: the ids that the address has for it are read as these.

    Streamlit takes from an address what a widget shows, and writes that there; ``bar`` puts the ids back.
    """
    st.session_state.setdefault(TITLED, set()).add(key)
    reads(key, titles)


def reads(key: str, names: Mapping[Any, str]) -> None:
    """Right before a widget is drawn: what the address has for it is read by ``names``, as what a link that was shared
    before calls a tab."""
    context = get_script_run_ctx()
    if context is None:
        return
    with context.session_state.query_params() as parameters:
        asked = parameters._initial_query_params.get(key)
        if asked:
            parameters._initial_query_params[key] = [names.get(value, value) for value in asked]


def says(query: str, beside: Iterable[str] = ()) -> None:
    """What opens this page as it stands, as in a link; what of it may change by itself is kept for ``bar``, what is
    ``beside`` it, and the ids where Streamlit wrote titles."""
    titled = {key for key in st.session_state.get(TITLED, ()) if key in st.query_params}
    st.session_state[SAYS] = [(key, value) for key, value in parse_qsl(query) if key in CHANGING | titled | {*beside}]


def bar(page: str) -> None:
    """Put that into the browser's address bar. ``page``: the path of the page, which it has to stand at by then.

    Called once at the end of each run of a page. It asks for no further run.
    """
    parameters = st.session_state.pop(SAYS, [])
    keys = {key for key, _ in parameters}
    gone = sorted((st.session_state.get(SAID, keys) - keys) | st.session_state.get(DROPPED, frozenset()))
    st.session_state[SAID] = keys
    runs = st.session_state["address_runs"] = st.session_state.get("address_runs", 0) + 1
    # "runs": it looks again after each one, since Streamlit writes there too.
    _component(key="address", data={"page": page, "query": urlencode(parameters), "gone": gone, "runs": runs}, height=1)


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
        if any(isinstance(number, float) and not math.isfinite(number) for number in several):
            raise ValueError(f"no finite number: {value}")
        return parsed

    parse_finite.finite = True  # type: ignore[attr-defined]
    session_state.parse_url_param = parse_finite
