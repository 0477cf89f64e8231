"""Benchmark empty, running, measured and beside other devices, against the real lab and its store."""

import json
import sqlite3
from collections.abc import Callable

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from distill_core.jobs.background_task import TaskStatus
from distill_core.lab import Lab
from distill_core.lab.devices import Devices
from distill_core.store import JobState
from tests.told import PHONES_NUMBER, TABLET, tell
from ui.browser import engine
from ui.screens.benchmark import server

QUICK_MS = (1.0, 1.1, 1.2)


@pytest.fixture
def page(lab: Lab, screen: Callable[..., AppTest]) -> Callable[..., AppTest]:
    """Opens the page as the visitor whose device is ``PHONE``."""

    def opened(**parameters: str) -> AppTest:
        found = screen("benchmark", **parameters)
        found.session_state["device_of_this_session"] = PHONES_NUMBER
        return found.run()

    return opened


def run_ids(lab: Lab) -> dict[str, str]:
    [job] = lab.jobs()
    rows = lab.reports.results([job.id])
    return dict(zip(rows["student"], rows["run_id"], strict=True))


def said(page: AppTest) -> str:
    parts = [*page.markdown, *page.caption, *page.info, *page.warning, *page.subheader]
    return "\n".join(str(part.value) for part in parts)


def charts_of(page: AppTest) -> list[str]:
    return [chart.proto.alt for chart in page.get("vega_lite_chart")]


def handed(page: AppTest) -> dict:
    """What the component in the browser is given."""
    [component] = [one for one in page.get("bidi_component") if one.proto.component_name.endswith("benchmark")]
    return json.loads(component.proto.json)


def test_empty_says_what_to_do_and_has_the_button(screen):
    page = screen("benchmark")
    assert not page.exception
    assert "There is no network to time yet" in said(page)
    assert page.button(key="home_run").label.startswith("Run the comparison")


def test_running_without_a_network_says_how_far_it_is(home, lab, filed, screen):
    filed("abc2", JobState.RUNNING)
    page = screen("benchmark")
    assert not page.exception
    assert "as soon as the first network is finished" in said(page)
    assert any("job abc2" in bar.text for bar in page.get("progress"))


def test_a_finished_experiment_shows_what_the_server_measured_already(trained, page):
    shown = page()
    assert not shown.exception
    assert charts_of(shown)[0].startswith("Time of each network on every backend")
    assert "This browser has not timed them" in said(shown)
    assert shown.button(key="server_run").label.startswith("Measure on this server · about")


@pytest.mark.parametrize("tab", ["This device", "Devices"])
def test_before_anybody_measured_the_page_says_so(trained, page, tab):
    with sqlite3.connect(trained / "lab.sqlite") as connection:
        connection.execute("delete from measurements")
    shown = page(show=tab)
    assert not shown.exception
    assert charts_of(shown) == []
    assert "measured" in shown.info[0].value


def test_one_student_stands_for_a_graph_by_default(trained, lab, page):
    chosen = page().multiselect(key="runs").value
    assert [name.partition(" #")[0] for name in chosen] == ["Plain CNN", chosen[1].partition(" #")[0]]
    assert chosen[1].partition(" #")[0] in ("KD", "KD, all")


def test_what_this_device_measured_is_told_beside_the_teacher(trained, lab, page):
    runs = run_ids(lab)
    tell(lab, runs["Plain CNN"], samples_ms=[4.0] * 20)
    tell(lab, runs["KD"], samples_ms=[1.0] * 20)
    tell(lab, runs["KD"], samples_ms=[2.0] * 20, threads=4)
    shown = page(runs=f"{runs['Plain CNN']},{runs['KD']}")
    assert not shown.exception
    text = said(shown)
    assert "On this device KD is fastest: **1.0\u00a0ms** for one image" in text
    assert "The teacher takes 4.0\u00a0ms. KD is **4.0 times as fast**." in text
    assert "On 4 threads instead of one KD takes **2.0 times as long**" in text
    assert "More threads bring nothing here." in text
    assert len(charts_of(shown)) == 2
    assert "Chrome 156 on Android, 8 cores" in text


BESIDE = "This browser runs on the lab's own machine, which is training"


@pytest.mark.parametrize(
    ("state", "url", "said_so"),
    [
        (JobState.RUNNING, None, True),
        (JobState.RUNNING, "http://localhost:8501/benchmark", True),
        (JobState.RUNNING, "https://[::1]:8501/benchmark", True),
        (JobState.RUNNING, "https://192.168.1.5:8501/benchmark", False),
        (JobState.PAUSED, None, False),
    ],
)
def test_who_measures_beside_the_training_is_told(trained, filed, page, monkeypatch, state, url, said_so):
    monkeypatch.setattr(type(st.context), "url", property(lambda context: url))
    filed("abc2", state)
    shown = page()
    assert not shown.exception
    assert (BESIDE in said(shown)) == said_so


def test_where_nothing_trains_nothing_is_said_of_it(trained, page):
    assert BESIDE not in said(page())


def test_who_measures_beside_a_test_of_robustness_is_told(trained, lab, page, monkeypatch):
    view = TaskStatus(title="Testing robustness", step="Fog 1", done=1, total=4)
    monkeypatch.setattr(lab.robustness, "testing", lambda: view)
    assert "the lab's own machine, which is busy: Testing robustness" in said(page())


def test_a_p95_of_means_is_explained_under_the_chart_where_one_is_shown(trained, lab, page):
    runs = run_ids(lab)
    tell(lab, runs["Plain CNN"], samples_ms=[4.0] * 20)
    for tab in ("This device", "Devices"):
        assert "that of means of" not in said(page(runs=runs["Plain CNN"], show=tab))
    tell(lab, runs["KD"], samples_ms=[0.5] * 20, runs_per_sample=20)
    for tab in ("This device", "Devices"):
        assert "that of means of 20 runs in a row" in said(page(runs=f"{runs['Plain CNN']},{runs['KD']}", show=tab))


def test_measurements_are_read_once_for_all_until_something_is_new(trained, lab, page, monkeypatch):
    runs, asked, timings = run_ids(lab), list[list[str]](), Devices.timings

    def counted(devices: Devices, run_ids: list[str]) -> object:
        asked.append(run_ids)
        return timings(devices, run_ids)

    monkeypatch.setattr(Devices, "timings", counted)
    for tab in ("This device", "Devices", "This device"):
        page(runs=runs["KD"], show=tab)
    assert asked == [[runs["KD"]]]
    tell(lab, runs["KD"], samples_ms=[1.0] * 20)
    assert "On this device KD takes" in said(page(runs=runs["KD"]))
    assert len(asked) == 2


def test_wrong_answers_are_named_and_never_called_fast(trained, lab, page):
    runs = run_ids(lab)
    tell(lab, runs["KD"], samples_ms=[1.0] * 20)
    tell(lab, runs["KD"], samples_ms=[0.1] * 20, backend="webgpu", off_by=3.0)
    text = said(page(runs=runs["KD"]))
    assert "On this device KD takes **1.0\u00a0ms**" in text
    assert "**Outputs differ from the server's, excluded:** KD with WebGPU (off by up to 3)" in text


def test_the_address_chooses_what_is_measured_and_starts_by_itself(trained, lab, page):
    runs = run_ids(lab)
    shown = page(runs=runs["KD"], backend="webgpu", batch="8", precision="float16", auto="1")
    data = handed(shown)
    assert [one["run_id"] for one in data["networks"]] == [runs["KD"]]
    assert (data["backends"], data["batches"], data["precisions"]) == (["webgpu"], [8], ["float16"])
    assert data["auto"] is True
    assert data["networks"][0]["mark"].startswith("data:image/svg+xml;base64,")


def test_what_the_address_should_not_say_falls_back(trained, page):
    data = handed(page(backend="cuda", batch="7", precision="int4"))
    assert data["backends"] == ["wasm-1", "wasm-n", "webgpu"]
    assert (data["batches"], data["precisions"], data["auto"]) == ([1], ["float32"], False)


@pytest.mark.parametrize("gone", ["feedfeedfeedfeed", "../../etc/passwd", "<b>x</b>"])
def test_a_run_that_is_not_here_is_told_and_the_others_go_on(trained, lab, page, gone):
    runs = run_ids(lab)
    shown = page(runs=f"{runs['KD']},{gone}")
    assert not shown.exception
    [warning] = shown.warning
    assert "it may have been deleted" in warning.value
    assert [one["run_id"] for one in handed(shown)["networks"]] == [runs["KD"]]


def test_only_runs_that_are_gone_leave_the_default(trained, page):
    shown = page(runs="../secret")
    assert not shown.exception
    assert len(handed(shown)["networks"]) == 2


def test_a_run_of_another_experiment_comes_by_its_number(trained, lab, filed, page):
    runs = run_ids(lab)
    filed("abc8", JobState.FINISHED)
    shown = page(job="job abc8 #abc8", runs=runs["KD"])
    assert [one["name"] for one in handed(shown)["networks"]] == ["KD"]


def test_without_the_engine_it_says_what_to_do(trained, page, monkeypatch, tmp_path):
    monkeypatch.setattr(engine, "FOLDER", tmp_path / "nothing")
    engine.version.cache_clear()
    try:
        shown = page()
        assert not shown.exception
        assert any("make run" in one.value for one in shown.warning)
        assert [one for one in shown.get("bidi_component") if one.proto.component_name.endswith("benchmark")] == []
    finally:
        engine.version.cache_clear()


def test_the_board_shows_every_device_the_visitors_own_first(trained, lab, page):
    runs = run_ids(lab)
    tell(lab, runs["KD"], samples_ms=[2.0] * 20, label="mine")
    tell(lab, runs["KD"], samples_ms=[1.0] * 20, device_id=TABLET, label="a tablet")
    shown = page(runs=runs["KD"], show="Devices")
    assert not shown.exception
    assert charts_of(shown) == ["Time of each network on every device: p50, with a whisker to p95"]
    assert "Measured by 2 browsers and 1 server." in said(shown)
    assert shown.text_input(key="device_label").value == "mine"


def test_the_board_says_where_only_the_server_has_measured(trained, page):
    assert "No browser measured these networks yet" in said(page(show="Devices"))


def test_a_device_gets_a_name_and_a_bad_one_is_told(trained, lab, page):
    runs = run_ids(lab)
    tell(lab, runs["KD"], samples_ms=[2.0] * 20, label="mine")
    shown = page(runs=runs["KD"], show="Devices")
    shown.text_input(key="device_label").set_value("Anna's phone").run()
    assert list(lab.devices.table()["label"]) == ["Anna's phone"]
    shown.text_input(key="device_label").set_value("   ").run()
    assert "A device's label" in shown.warning[0].value
    assert list(lab.devices.table()["label"]) == ["Anna's phone"]


def test_who_measured_gets_the_name_beside_the_own_numbers_too(trained, lab, page):
    runs = run_ids(lab)
    assert not page(runs=runs["KD"]).text_input
    tell(lab, runs["KD"], samples_ms=[2.0] * 20, label="mine")
    shown = page(runs=runs["KD"])
    shown.text_input(key="device_label").set_value("Anna's phone").run()
    assert handed(shown)["label"] == "Anna's phone"


def test_on_a_closed_lab_there_is_an_address_for_another_browser_here(trained, lab, page, monkeypatch):
    monkeypatch.setattr(type(st.context), "url", property(lambda context: "http://localhost:8501/benchmark?T=1"))
    runs = run_ids(lab)
    shown = page(runs=runs["KD"], show="Devices")
    assert f"http://localhost:8501/benchmark?runs={runs['KD']}&auto=1" in [one.value for one in shown.code]


def test_a_device_takes_its_measurements_back_and_only_those(trained, lab, page):
    runs = run_ids(lab)
    tell(lab, runs["KD"], samples_ms=[2.0] * 20, label="mine")
    tell(lab, runs["KD"], samples_ms=[1.0] * 20, device_id=TABLET, label="a tablet")
    shown = page(runs=runs["KD"], show="Devices")
    shown.button(key="forget_device").click().run()
    assert not shown.exception
    assert list(lab.devices.table()["label"]) == ["a tablet"]
    assert "Measured by 1 browser and 1 server." in said(shown)


def test_the_component_stays_behind_the_other_tab(trained, page):
    assert handed(page(show="Devices"))["networks"]


def test_the_link_names_the_runs_and_does_not_start_by_itself(trained, lab, page):
    runs = run_ids(lab)
    shown = page(runs=runs["KD"], auto="1")
    [link] = [code.value for code in shown.code]
    assert f"runs={runs['KD']}" in link
    assert "auto" not in link


def test_the_server_measures_in_the_background_and_the_page_shows_what_came(trained, lab, page):
    runs = run_ids(lab)
    shown = page(runs=runs["KD"])
    shown.button(key="server_run").click().run()
    assert not shown.exception
    assert lab.devices._background_task.wait(60).error is None
    shown.run()
    assert "torch eager" in set(lab.devices.timings([runs["KD"]])["backend_key"])
    assert shown.button(key="server_run").label.startswith("Measure on this server")


def test_the_seconds_that_the_server_needs_are_told_from_what_it_measured(trained, lab, page, monkeypatch):
    monkeypatch.setattr(server, "LEAST_SECONDS", 10.0)
    # Two networks, onnxruntime and torch, on one thread and on all.
    assert page().button(key="server_run").label.endswith("about 1 min 30 s")


def test_the_page_is_drawn_without_torch(trained, page, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    assert not page().exception
