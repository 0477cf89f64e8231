"""A click is answered also where another run takes the place of the one that it began."""

from types import SimpleNamespace

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests, ScriptRequestType
from streamlit.testing.v1 import AppTest

from ui.shell import clicks


@pytest.fixture
def asked(monkeypatch) -> list[ClientState]:
    """What Streamlit itself is asked for."""
    found: list[ClientState] = []
    monkeypatch.setattr(AppSession, "request_rerun", lambda session, state: found.append(state))
    clicks.pass_on()
    return found


def state(*, clicked: bool = False, **more: str) -> ClientState:
    found = ClientState(**more)
    if clicked:
        found.widget_states.widgets.add(id="a button", trigger_value=True)
    else:
        found.widget_states.widgets.add(id="a field", int_value=7)
    return found


def session(waits: ClientState) -> SimpleNamespace:
    requests = ScriptRequests()
    requests.request_rerun(RerunData(widget_states=waits.widget_states))
    return SimpleNamespace(_scriptrunner=SimpleNamespace(_requests=requests))


def test_the_click_of_a_run_that_has_not_begun_goes_to_the_next_one(asked):
    one = session(state(clicked=True))
    AppSession.request_rerun(one, state())
    assert {widget.id for widget in asked[0].widget_states.widgets} == {"a button", "a field"}
    assert one._scriptrunner._requests._state == ScriptRequestType.STOP


def test_the_click_of_a_run_that_has_begun_is_not_told_twice(asked):
    one = session(state(clicked=True))
    one._scriptrunner._requests.on_scriptrunner_ready()
    AppSession.request_rerun(one, state())
    assert [widget.id for widget in asked[0].widget_states.widgets] == ["a field"]


def test_a_part_of_a_page_asks_as_before(asked):
    one = session(state(clicked=True))
    AppSession.request_rerun(one, state(fragment_id="a part"))
    assert [widget.id for widget in asked[0].widget_states.widgets] == ["a field"]
    assert one._scriptrunner._requests._state == ScriptRequestType.RERUN


def test_without_a_run_nothing_is_added(asked):
    AppSession.request_rerun(SimpleNamespace(_scriptrunner=None), state())
    assert [widget.id for widget in asked[0].widget_states.widgets] == ["a field"]


def page() -> None:
    import streamlit as st

    from ui.shell import clicks

    if st.session_state.pop("aside", False):
        st.stop()
    clicks.button("Open", "open", lambda: st.markdown("opened"))


def test_what_a_button_opens_comes_with_the_first_run_that_draws_it():
    shown = AppTest.from_function(page).run()
    assert not shown.markdown
    shown.session_state["aside"] = True
    shown.button(key="open").click().run()
    assert not shown.markdown
    shown.run()
    assert [one.value for one in shown.markdown] == ["opened"]
    shown.run()
    assert not shown.markdown
