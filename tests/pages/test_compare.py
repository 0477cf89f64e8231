"""Compare empty, running, failed and finished, against the real lab and its store."""

import json
import shutil
from datetime import UTC, datetime

import pandas as pd
import pytest

from distill_core.lab import Lab
from distill_core.store import JobState, RunRecord, Store
from tests.quick import QUICK_TIMER, experiment, student
from tests.told import PHONE, PHONES_NUMBER, TABLET, tell
from ui import spreadsheet
from ui.screens.compare import cohort, devices, downloads

SEEDS = (0, 1, 2)
TABS = ("Curves", "Confusion", "Classes", "All measures", "Disagreements", "Downloads")


@pytest.fixture(scope="session")
def trained_thrice_once(tmp_path_factory):
    """A home with one job of three seeds."""
    home = tmp_path_factory.mktemp("thrice")
    lab = Lab.open(home, timer=QUICK_TIMER)
    asked = experiment(
        student(seeds=SEEDS),
        student("smooth", method="label_smoothing", architecture="depthwise_cnn", width=1.0, seeds=SEEDS),
    )
    assert lab.wait(lab.submit(asked), timeout_seconds=120).error is None
    lab.close()
    return home


@pytest.fixture
def trained_thrice(home, trained_thrice_once):
    shutil.copytree(trained_thrice_once, home, dirs_exist_ok=True)
    return home


def failed_run(job_id: str) -> RunRecord:
    return RunRecord(
        id=job_id,
        fingerprint=job_id * 4,
        role="student",
        student="wild",
        task="digits",
        architecture="plain_cnn",
        width=0.5,
        stem_stride=1,
        method="kd",
        temperature=4.0,
        alpha=0.9,
        parameters={},
        seed=0,
        labels=100,
        transfer="labelled",
        state="failed",
        message="the loss of 'wild' became infinite; lower the learning rate",
        updates=3,
        seconds=0.1,
        scores={},
        environment={},
        created_at=datetime.now(UTC),
    )


def borrow(home, job_id: str, count: int) -> None:
    """Give a filed job the first runs of the trained one: its teacher, its control, its students."""
    store = Store.open(home)
    trained = store.jobs(states=[JobState.FINISHED])[-1]
    for link in store.runs([trained.id])[:count]:
        store.link_run(job_id, link.run.id, position=link.position, student=link.student, role=link.role)
    store.close()


def said(page) -> str:
    parts = [*page.markdown, *page.caption, *page.info, *page.warning, *page.subheader]
    return "\n".join(str(part.value) for part in parts)


def charts_of(page) -> list[str]:
    return [chart.proto.alt for chart in page.get("plotly_chart")]


def test_empty_says_what_to_do_and_has_the_button(screen):
    page = screen("compare")
    assert not page.exception
    assert "There is nothing to compare yet" in said(page)
    assert page.button(key="home_run").label.startswith("Run the comparison")


def test_finished_with_one_seed_shows_chart_sentences_and_table(trained, screen):
    page = screen("compare")
    assert not page.exception
    assert charts_of(page)[0].startswith("Size of the ONNX file and test accuracy: ")
    assert "What this shows" in said(page)
    assert "There are no intervals here: that needs three seeds" in said(page)
    assert "1 seed (no interval)" in said(page)
    [table] = [frame.value for frame in page.dataframe]
    assert len(table) == 4
    assert not {"± (pp)", "± of it (pp)"} & set(table.columns)
    assert table["Verdict"].dropna().str.endswith("(one seed)").all()


def test_finished_with_three_seeds_shows_intervals_and_verdicts(trained_thrice, screen):
    page = screen("compare")
    assert not page.exception
    assert "3 seeds (95 % intervals" in said(page)
    [table] = [frame.value for frame in page.dataframe]
    assert table["± (pp)"].notna().sum() == 4
    assert set(table["Verdict"].dropna()) <= {"better", "worse", "no difference shown"}


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_is_drawn_from_its_address(trained_thrice, screen, tab):
    page = screen("compare", details=tab)
    assert not page.exception
    expected = {"Curves": 3, "Confusion": 3, "Classes": 2, "All measures": 2, "Disagreements": 1, "Downloads": 1}
    assert len(charts_of(page)) == expected[tab]
    assert all(charts_of(page))


def test_every_chart_has_its_table_one_click_away(trained, screen):
    page = screen("compare", details="Confusion")
    tables = [expander for expander in page.expander if expander.label == "Table of this chart"]
    assert len(tables) == len(charts_of(page)) == 3


def test_the_axis_stands_in_the_address(trained, screen):
    page = screen("compare", cost="MACs", log="false")
    assert charts_of(page)[0].startswith("MACs for one example and test accuracy")
    assert page.toggle(key="log").value is False
    page = screen("compare", cost="p50")
    assert charts_of(page)[0].startswith("Median latency (server) and test accuracy")


def test_an_axis_that_does_not_exist_falls_back_to_the_first(trained, screen):
    page = screen("compare", cost="nonsense")
    assert not page.exception
    assert charts_of(page)[0].startswith("Size of the ONNX file and test accuracy")


def test_a_filter_stands_in_the_address_and_keeps_teacher_and_control(trained_thrice, screen):
    page = screen("compare", methods="kd")
    assert page.multiselect(key="methods").value == ["kd"]
    assert list(page.dataframe[0].value["Network"])[2:] == ["KD"]
    assert "smooth" not in charts_of(page)[0]


def test_filters_that_fit_nobody_can_be_taken_back(trained_thrice, screen):
    page = screen("compare", methods="kd", networks="depthwise_cnn")
    assert "No student fits these filters." in said(page)
    assert charts_of(page) == []
    next(button for button in page.button if button.label == "Show all again").click().run()
    assert len(page.dataframe[0].value) == 5


def test_the_link_of_the_page_names_the_experiment(trained, lab, screen):
    page = screen("compare")
    [job] = lab.jobs()
    [link] = [code.value for code in page.code]
    assert f"%23{job.id}" in link
    assert "cost=ONNX+file" in link


def test_a_link_with_the_number_of_an_experiment_opens_it(trained, lab, filed, screen):
    [job] = lab.jobs()
    filed("abc1", JobState.FAILED, error="a newer one that failed")
    page = screen("compare", experiments=f"#{job.id}")
    assert not page.exception
    assert len(page.dataframe[0].value) == 4


def test_a_link_to_an_experiment_that_is_gone_says_so(trained, screen):
    page = screen("compare", experiments="Deleted #feed")
    assert not page.exception
    assert "No experiment 'feed'" in said(page)
    assert len(page.dataframe[0].value) == 4


def test_running_without_a_student_waits_for_the_first(home, lab, filed, screen):
    filed("abc2", JobState.RUNNING)
    page = screen("compare")
    assert not page.exception
    assert "The chart appears with the first finished student." in said(page)
    assert charts_of(page) == []


def test_running_shows_what_is_there_so_far(trained, lab, filed, screen):
    filed("abc3", JobState.RUNNING)
    borrow(trained, "abc3", 3)
    page = screen("compare", experiments="job abc3 #abc3")
    assert not page.exception
    assert len(page.dataframe[0].value) == 3
    assert len(charts_of(page)) == 3
    assert any("what is finished so far is shown below" in bar.text for bar in page.get("progress"))


def test_failed_shows_the_message_of_the_engine_and_what_is_finished(trained, filed, screen):
    filed("abc4", JobState.FAILED, error="the teacher's file is damaged; restore it")
    borrow(trained, "abc4", 2)
    page = screen("compare", experiments="job abc4 #abc4")
    assert not page.exception
    assert "The teacher's file is damaged; restore it." in said(page)
    assert len(page.dataframe[0].value) == 2
    assert len(charts_of(page)) == 3


def test_failed_without_any_result_says_so_and_draws_nothing(home, lab, filed, screen):
    filed("abc5", JobState.FAILED, error="the disk is full; free some space")
    page = screen("compare")
    assert not page.exception
    assert "The disk is full; free some space." in said(page)
    assert "No student of this experiment was finished" in said(page)
    assert charts_of(page) == []


def test_a_failed_student_is_named_and_stands_in_the_table(trained, filed, screen):
    filed("abc6", JobState.FINISHED)
    borrow(trained, "abc6", 2)
    store = Store.open(trained)
    store.save_run(failed_run("abc6def0"), curves=[], files={})
    store.link_run("abc6", "abc6def0", position=3, student="wild", role="student")
    store.close()
    page = screen("compare", experiments="job abc6 #abc6")
    assert not page.exception
    assert "The loss of 'wild' became infinite; lower the learning rate." in said(page)
    [table] = [frame.value for frame in page.dataframe]
    assert list(table["Verdict"].dropna()) == ["failed"]


def test_two_experiments_share_a_chart(trained, filed, screen, lab):
    [job] = lab.jobs()
    filed("abc7", JobState.FINISHED)
    borrow(trained, "abc7", 4)
    page = screen("compare")
    page.multiselect(key="experiments").set_value([]).run()
    assert not page.exception
    # All of its networks are those of the other experiment, so none stands there twice.
    assert len(page.dataframe[0].value) == 4
    assert "abc7" in page.code[0].value
    assert job.id in page.code[0].value


def test_another_task_brings_its_own_experiments(trained, lab, filed, screen):
    [job] = lab.jobs()
    shirts = experiment(task="fashion_mnist_small")
    filed("abc8", JobState.FAILED, specification=shirts.to_json(), error="no room")
    page = screen("compare")
    assert page.multiselect(key="experiments").value == ["job abc8 #abc8"]
    page.selectbox(key="task_of").set_value("digits").run()
    assert not page.exception
    assert page.multiselect(key="experiments").value == [f"{job.title} #{job.id}"]
    assert len(page.dataframe[0].value) == 4


def test_json_and_csv_hold_every_run_and_its_specification(trained_thrice, lab):
    networks = cohort.gather(lab, lab.jobs())
    [found] = json.loads(downloads.as_json(lab, networks))
    assert found["specification"]["task"] == "digits"
    assert len(found["runs"]) == 13
    assert len(spreadsheet.as_csv(downloads.flat(networks.rows)).splitlines()) == 6
    networks = cohort.gather(lab, lab.jobs(), ["shipped:lesson_missing_class"])
    *_, study = json.loads(downloads.as_json(lab, networks))
    assert (study["study"], study["specification"]["task"]) == ("shipped:lesson_missing_class", "fashion_mnist_small")
    assert {run["p50_ms"] for run in study["runs"]} == {None}  # those were another machine's


def test_the_page_is_drawn_without_torch(trained, screen, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    page = screen("compare")
    assert not page.exception
    assert isinstance(page.dataframe[0].value, pd.DataFrame)


def on_this_device(screen, **parameters):
    page = screen("compare", cost="p50 on a device", **parameters)
    page.session_state["device_of_this_session"] = PHONES_NUMBER
    return page.run()


def test_latency_on_this_device_is_an_axis(trained, lab, screen):
    [job] = lab.jobs()
    for row in lab.reports.results([job.id]).to_dict("records"):
        tell(lab, row["run_id"], samples_ms=[4.0 if row["role"] == "teacher" else 0.5] * 5)
    page = on_this_device(screen)
    assert not page.exception
    assert charts_of(page)[0].startswith("Median latency (browser) on this device and test accuracy: ")
    assert "at 4.0 ms" in charts_of(page)[0]
    # The table stays the server's.
    assert page.dataframe[0].value["Median latency, server (ms)"].max() < 4.0
    assert "device=this+device" in page.code[0].value


def test_where_this_device_measured_nothing_the_way_to_measure_is_shown(trained, screen):
    page = on_this_device(screen)
    assert not page.exception
    assert "This device has measured none of these networks" in said(page)
    [way] = [link for link in page.get("page_link") if link.proto.label == "Measure them on this device"]
    assert "runs=" in way.proto.query_string
    assert len(page.dataframe[0].value) == 4


def test_another_device_is_chosen_by_its_name(trained, lab, screen):
    [job] = lab.jobs()
    for row in lab.reports.results([job.id]).to_dict("records"):
        tell(lab, row["run_id"], samples_ms=[7.0] * 5, device_id=TABLET, label="a tablet")
    page = on_this_device(screen, device="a tablet")
    assert charts_of(page)[0].startswith("Median latency (browser) on a tablet and test accuracy: ")
    assert TABLET not in "".join(code.value for code in page.code)


def test_wrong_answers_put_no_network_on_the_axis(trained, lab, screen):
    [job] = lab.jobs()
    runs = dict(zip(lab.reports.results([job.id])["student"], lab.reports.results([job.id])["run_id"], strict=True))
    tell(lab, runs["Plain CNN"], samples_ms=[4.0] * 5)
    tell(lab, runs["KD"], samples_ms=[0.5] * 5, off_by=3.0)
    page = on_this_device(screen)
    assert "Not in the chart, for they have no such measurement" in said(page)
    assert "KD" not in charts_of(page)[0]


def test_devices_of_one_name_can_be_told_apart(trained, lab):
    networks = cohort.gather(lab, lab.jobs())
    run = networks.results["run_id"].iloc[0]
    for letter, label in (("b", "Phone"), ("c", "Phone"), ("d", "this device")):
        tell(lab, run, samples_ms=[1.0] * 5, device_id=letter * 32, label=label)
    found = devices.offered(lab, networks, f"browser:{PHONE}")
    assert list(found) == ["Phone", "Phone (2)", "this device (2)"]
