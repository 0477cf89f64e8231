"""A room full of visitors: what is equal for all is made once, and what nothing happened to is not made again."""

import gc

import pytest
from streamlit import config
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.testing.v1 import AppTest

from distill_core.store import JobState
from distill_core.templates.presets import default_experiment
from ui import charts
from ui.findings import comparison
from ui.jobs import expected, learning, live, outcome
from ui.screens.benchmark import findings, here
from ui.screens.compare import findings as compared
from ui.screens.compare import table
from ui.server import sessions
from ui.shell import lookup, ticks, trouble
from ui.text import story


@pytest.fixture
def built(monkeypatch):
    """Counts calls of functions by their names."""
    counts: dict[str, int] = {}

    def count(module, *names):
        for name in names:
            known = getattr(module, name)

            def counted(*args, known=known, name=name, **kwargs):
                counts[name] = counts.get(name, 0) + 1
                return known(*args, **kwargs)

            monkeypatch.setattr(module, name, counted)
        return counts

    return count


def shown(page):
    return [(one.type, one.proto.SerializeToString()) for one in (*page.metric, *page.markdown)]


def test_the_second_visitor_of_home_is_handed_what_was_made_for_the_first(trained, screen, built):
    built(comparison, "found")
    built(story, "fine_print")
    built(outcome, "_cards")
    counts = built(charts, "pareto")
    first = screen("home")
    assert counts == {"found": 1, "fine_print": 1, "_cards": 1, "pareto": 1}
    second = screen("home")
    assert counts == {"found": 1, "fine_print": 1, "_cards": 1, "pareto": 1}
    assert shown(first) == shown(second)
    assert first.get("plotly_chart")[0].proto == second.get("plotly_chart")[0].proto


def test_the_second_visitor_of_compare_is_handed_what_was_made_for_the_first(trained, screen, built):
    built(table, "build")
    built(charts, "pareto", "curves")
    counts = built(compared, "sentences")
    first = screen("compare")
    assert counts == {"build": 1, "pareto": 1, "curves": 2, "sentences": 1}
    second = screen("compare")
    assert counts == {"build": 1, "pareto": 1, "curves": 2, "sentences": 1}
    assert shown(first) == shown(second)


def test_the_second_visitor_of_benchmark_is_handed_what_was_made_for_the_first(trained, screen, built):
    built(findings, "sentences")
    counts = built(here, "places", "_chart", "_own", "_offered")
    pages = [screen("benchmark") for _ in range(2)]
    assert counts == {"sentences": 1, "places": 1, "_chart": 1, "_own": 1, "_offered": 1}
    assert shown(pages[0]) == shown(pages[1])


def test_a_tick_that_finds_nothing_new_makes_nothing(filed, screen, lab, built):
    filed("a1", JobState.RUNNING)
    built(live, "points", "_cards", "insights")
    counts = built(learning, "_draw_accuracy", "_draw_loss")
    page = screen("home")
    first = dict(counts)
    assert first == {"points": 1, "_cards": 1, "insights": 1, "_draw_accuracy": 1, "_draw_loss": 1}
    page.run()  # with its fragments
    assert counts == first
    assert len(page.metric) == 2
    assert len(page.get("vega_lite_chart")) == 2


def test_a_plan_is_worked_out_once_for_all(screen, lab, built):
    counts = built(lab, "plan")
    asked = default_experiment()
    plans = [expected.planned(lab, asked) for _ in range(2)]
    assert counts == {"plan": 1}
    assert plans[0].expected_seconds == plans[1].expected_seconds


def test_ticks_grow_rarer_with_the_visitors(monkeypatch):
    found = []
    for visitors in range(1, 201):
        monkeypatch.setattr(sessions, "visitors", lambda visitors=visitors: visitors)
        found.append(ticks.seconds(2.0))
    assert found[:8] == [2.0] * 8
    assert found == sorted(found)
    assert all(visitors / seconds <= ticks.MOST_A_SECOND for visitors, seconds in enumerate(found, 1))


def test_a_part_with_a_clock_of_its_own_gets_that_time(monkeypatch):
    periods = []
    monkeypatch.setattr(trouble.st, "fragment", lambda run_every: periods.append(run_every) or (lambda draw: draw))
    monkeypatch.setattr(sessions, "visitors", lambda: 40)
    for every, once in ((2.0, False), (2.0, True), (20.0, False), (None, False)):
        trouble.fragment(lambda: None, every, once=once)
    assert periods == [10.0, 2.0, 20.0, None]


def test_no_full_collection_after_each_run_but_pythons_own():
    assert config.get_option("runner.postScriptGC") is False
    assert gc.isenabled()


def test_a_widget_looks_up_its_own_value_alone(monkeypatch):
    def page():
        import streamlit as st
        from streamlit.runtime.state import get_session_state

        from ui.shell import lookup

        lookup.one_by_one()
        st.session_state["free"] = 1
        st.selectbox("a", [1, 2], key="a")
        st.number_input("b", 0, 5, 3, key="b")
        values = get_session_state().filtered_state
        st.session_state["seen"] = {key: values[key] for key in values}

    wholes = []
    known = SessionState.filtered_state.fget
    monkeypatch.setattr(SessionState, "filtered_state", property(lambda state: wholes.append(1) or known(state)))
    tested = AppTest.from_function(page).run()
    assert not tested.exception
    assert tested.session_state["seen"] == {"free": 1, "a": 1, "b": 3}
    assert len(wholes) == 1, "for the one who went through all of them"


def test_where_streamlit_keeps_values_otherwise_it_stays_as_it_is(monkeypatch):
    monkeypatch.setattr(lookup, "_whole", None)
    monkeypatch.setattr(SafeSessionState, "filtered_state", "otherwise")
    lookup.one_by_one()
    assert SafeSessionState.filtered_state == "otherwise"
