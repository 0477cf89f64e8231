"""Robustness: on an empty lab, before the test, while it runs, after it failed, and with its results."""

import shutil
import sqlite3
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

from distill_core.errors import InvalidSetting
from distill_core.jobs.background_task import TaskStatus
from distill_core.lab import Lab
from distill_core.spec import CorruptionSpec
from distill_core.store import JobState
from tests.quick import QUICK_TIMER
from ui.text import words

FACETS = ("Corruptions", "Gallery", "Attacks", "Calibration", "Few labels", "Adapt")
NEEDS = ("Corruptions", "Attacks", "Calibration", "Adapt")
IMAGES, EPS = 40, (2, 8)
ENDED_SECONDS = 120


@pytest.fixture(scope="session")
def tested_once(trained_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the networks of a small comparison were corrupted and attacked."""
    home = tmp_path_factory.mktemp("robust") / "home"
    shutil.copytree(trained_once, home)
    lab = Lab.open(home, timer=QUICK_TIMER)
    (job,) = lab.jobs()
    run_ids = [run for ids in lab.reports.summary(job.id)["run_ids"] for run in ids]
    images = int(lab.reports.summary(job.id)["test_images"].max())
    lab.robustness.test(run_ids, images=images, eps=EPS)
    ended = ended_test(lab)
    lab.close()
    assert (ended.finished, ended.error, ended.stopped) == (True, None, False)
    return home


@pytest.fixture
def tested(home: Path, tested_once: Path) -> Path:
    shutil.copytree(tested_once, home, dirs_exist_ok=True)
    return home


def ended_test(lab: Lab) -> TaskStatus:
    """The test once it has ended."""
    ended = lab.robustness._background_task.wait(ENDED_SECONDS)
    assert ended is not None
    return ended


def said(page) -> str:
    return "\n".join(element.value for element in (*page.markdown, *page.caption, *page.info)).replace("\u00a0", " ")


def link(page) -> dict[str, list[str]]:
    """What Copy link shows."""
    return parse_qs(urlsplit(page.code[0].value).query)


def button(page, key: str):
    return next((one for one in page.button if one.key == key), None)


@pytest.mark.parametrize("facet", FACETS)
def test_an_empty_lab_says_what_to_do(screen, facet):
    page = screen("robustness", facet=facet)
    assert not page.exception
    assert "There is no network to test yet." in said(page)
    assert page.button(key="home_run").label.startswith("Run the comparison")
    assert any("As soon as an experiment has a finished" in one.value for one in page.info) == (facet in NEEDS)


def test_the_gallery_needs_no_network(screen):
    page = screen("robustness", facet="Gallery", g_image="3", g_severity="5")
    assert not page.exception
    assert len(page.get("image")) == 16
    assert "Test image 3 is of the class" in said(page)
    page.button(key="g_another").click().run()
    assert page.number_input(key="g_image").value == 100
    assert link(page) == {"facet": ["gallery"], "g_image": ["100"], "g_severity": ["5"]}


def test_few_labels_are_shown_from_what_ships(screen):
    page = screen("robustness", facet="Few labels")
    assert not page.exception
    assert len(page.get("plotly_chart")) == 1
    assert "**KD, all images** with 50 labels" in said(page)
    assert "This curve ships with the lab and is that of Fashion-MNIST, 10,000 images." in said(page)


@pytest.mark.parametrize("bad", [{"facet": "x"}, {"g_image": "x"}, {"test_images": "7"}, {"at": "9"}, {"eps": "3"}])
def test_what_no_widget_offers_is_ignored(trained, screen, bad):
    assert not screen("robustness", **bad).exception


def test_before_the_test_its_button_tells_how_long_it_takes(trained, screen):
    page = screen("robustness")
    assert not page.exception
    assert "Not tested yet." in said(page)
    assert button(page, "test").label.startswith("Test these networks · ")


def test_the_button_begins_the_test_and_its_results_come(trained, screen, lab):
    page = screen("robustness")
    button(page, "test").click().run()
    assert not page.exception
    ended_test(lab)
    page.run()
    assert button(page, "test") is None
    assert len(page.get("plotly_chart")) == 4


def test_the_number_of_each_network_stands_before_tabs_and_buttons(tested, screen, lab):
    [job] = lab.jobs()
    errors = lab.robustness.corruption_error(job.id)
    for facet in FACETS:
        page = screen("robustness", facet=facet)
        assert not page.exception
        first = page.metric[: len(errors)]
        assert [card.value for card in first] == [words.percent(1 - error) for error in errors["mean_error"]]
        assert [card.delta for card in first][:2] == ["teacher", "control"]
        assert all(card.delta.endswith(" pp") for card in first[2:])
    whole = [one.type for one in page.main]
    assert whole.index("metric") < whole.index("tab")


def test_while_it_runs_it_can_be_stopped(trained, screen, lab, monkeypatch):
    view = TaskStatus(title="Testing", step="fog 3", done=20, total=80, seconds_left=30.0)
    stopped: list[str] = []
    monkeypatch.setattr(lab.robustness, "testing", lambda: view)
    monkeypatch.setattr(lab.robustness, "stop_testing", lambda: stopped.append("yes"))
    page = screen("robustness")
    assert not page.exception
    assert button(page, "test") is None
    assert page.get("progress")[0].proto.text == "Testing: fog 3 · about 30 s left"
    button(page, "testing_stop").click().run()
    assert stopped == ["yes"]


def test_what_went_wrong_is_told_once(trained, screen, lab, monkeypatch):
    failed = TaskStatus(title="Testing", step="", done=1, total=80, finished=True, error="the disk is full; make room")
    page = screen("robustness")
    monkeypatch.setattr(lab.robustness, "test", lambda *runs, **asked: failed)
    monkeypatch.setattr(lab.robustness, "testing", lambda: failed)
    button(page, "test").click().run()
    assert [one.value for one in page.warning] == ["The disk is full; make room."]
    page.run()
    assert not page.warning


def test_a_refusal_is_told(trained, screen, lab, monkeypatch):
    def refuse(*runs, **asked):
        raise InvalidSetting("testing: expected nothing else under way, got a test; wait until it is done")

    monkeypatch.setattr(lab.robustness, "test", refuse)
    page = screen("robustness", facet="Attacks")
    button(page, "attack").click().run()
    assert not page.exception
    assert "wait until it is done" in page.warning[0].value


def test_a_running_experiment_without_a_network_is_waited_for(filed, screen):
    filed("a1", JobState.RUNNING)
    page = screen("robustness")
    assert not page.exception
    assert "As soon as an experiment has a finished network" in said(page)


def test_results_show_the_fall_and_every_corruption(tested, screen):
    page = screen("robustness")
    assert not page.exception
    assert not page.warning
    assert len(page.get("plotly_chart")) == 4
    assert button(page, "test") is None
    text = said(page)
    assert "All numbers here are on **all " in text
    assert "From clean images to severity 5, on average over the corruptions" in text
    assert "One seed shows no verdict; three are needed." in text
    assert "No difference between a student and its control is shown" not in text
    # The small comparison is of digits.
    assert "The steps were set on Fashion-MNIST; networks are compared at equal steps." in text
    assert "ResNet-20 loses accuracy" not in text
    assert "Left out" not in text
    page = screen("robustness", at="5")
    assert link(page)["at"] == ["5"]
    assert page.button_group(key="at").value == "5"


def test_one_incomplete_run_keeps_no_other_from_the_page(tested, screen, lab):
    (job,) = lab.jobs()
    last = lab.reports.summary(job.id)["run_ids"].iloc[-1][0]
    with sqlite3.connect(tested / "lab.sqlite") as store:
        store.execute("DELETE FROM trials WHERE run_id = ? AND disturbance = 'jpeg'", (last,))
    page = screen("robustness")
    assert not page.exception
    assert len(page.get("plotly_chart")) == 4
    assert button(page, "test") is not None
    text = said(page)
    assert "Left out until all of it is tested: KD, all with seed 0." in text
    assert "From clean images to severity 5, on average over the corruptions" in text


def test_the_table_of_each_chart_is_one_click_away(tested, screen):
    page = screen("robustness", at="5")
    tables = [one for one in page.get("expander") if one.label == "Table of this chart"]
    assert len(tables) == 4


def test_attacks_are_drawn_at_the_chosen_eps(tested, screen):
    page = screen("robustness", facet="Attacks", eps=["2", "8"])
    assert not page.exception
    assert button(page, "attack") is None
    assert len(page.get("plotly_chart")) == 2
    assert "**PGD** at eps 8/255 leaves the teacher" in said(page)
    page = screen("robustness", facet="Attacks", eps=["2", "4"])
    assert button(page, "attack").label.startswith("Attack these networks · ")


def test_images_that_an_attack_could_not_move_are_told_and_the_number_of_images_too(tested, screen, lab):
    (job,) = lab.jobs()
    last = lab.reports.summary(job.id)["run_ids"].iloc[-1][0]
    lab.robustness.test([last], images=200, corruptions=(), attacks=("fgsm",), eps=(2,))
    ended_test(lab)
    with sqlite3.connect(tested / "lab.sqlite") as store:
        store.execute("UPDATE trials SET unmoved = 7 WHERE run_id = ? AND disturbance = 'fgsm'", (last,))
    page = screen("robustness", facet="Attacks", eps=["2"], attack_images="200")
    assert not page.exception
    text = said(page)
    assert "**FGSM** found no direction for 7 images of 200 of **KD, all**" in text
    assert "All numbers here are on **the first 200 of the " in text
    assert "**PGD** found" not in text


def test_calibration_is_told_from_the_same_test(tested, screen):
    page = screen("robustness", facet="Calibration")
    assert not page.exception
    assert len(page.get("plotly_chart")) == 2
    assert "From clean images to severity 5 the calibration error changes for " in said(page)


def test_the_gallery_tells_who_answers_what(trained, screen):
    page = screen("robustness", facet="Gallery")
    assert not page.exception
    assert "How many of the 15 corruptions leave the answer right: Plain CNN **" in said(page)
    assert len([one for one in page.markdown if "✓" in one.value or "✗" in one.value]) == 16
    page.multiselect(key="g_answers").set_value([]).run()
    assert not [one for one in page.markdown if "✓" in one.value or "✗" in one.value]


def test_adapting_is_offered_with_its_time_and_queued(trained, screen, lab, monkeypatch):
    monkeypatch.setattr(lab._others, "share", lambda: 0.5)
    page = screen("robustness", facet="Adapt", s_corruption="Brightness", s_severity="5")
    assert not page.exception
    assert page.selectbox(key="s_student").value == "KD, all"
    assert len(page.get("image")) == 16
    offered = button(page, "adapt_start")
    assert offered.label.startswith("Distil again on these images · about ")
    assert "Other programs use 50" in "".join(part.value for part in page.caption)
    offered.click().run()
    assert not page.exception
    (job,) = lab.queue()
    (student,) = [one for one in job.experiment.students if one.scene]
    assert (student.scene.corruption, student.scene.severity) == ("brightness", 5)
    assert student.start.source == "KD, all"
    assert any(one.label == "Pause" for one in page.button)
    lab.stop(job.id)


def test_what_cannot_be_adapted_is_told(trained, screen, lab, monkeypatch):
    def refuse(*asked):
        raise InvalidSetting("adapting: expected another student; choose one")

    monkeypatch.setattr(lab.catalog, "adaptation_experiment", refuse)
    page = screen("robustness", facet="Adapt")
    assert not page.exception
    assert page.warning[0].value == "Adapting: expected another student; choose one."


@pytest.fixture(scope="session")
def adapted_once(trained_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which a student of a small comparison was adapted to fog."""
    home = tmp_path_factory.mktemp("adapted") / "home"
    shutil.copytree(trained_once, home)
    lab = Lab.open(home, timer=QUICK_TIMER)
    (job,) = lab.jobs()
    wanted = lab.catalog.adaptation_experiment(job.id, "KD, all", CorruptionSpec(corruption="fog", severity=4))
    ended = lab.wait(lab.submit(wanted), ENDED_SECONDS)
    lab.close()
    assert (ended.state, ended.error) == ("finished", None)
    return home


@pytest.fixture
def adapted(home: Path, adapted_once: Path) -> Path:
    shutil.copytree(adapted_once, home, dirs_exist_ok=True)
    return home


def test_an_adapted_student_is_tested_before_and_after(adapted, screen, lab):
    page = screen("robustness", facet="Adapt")
    assert not page.exception
    assert [page.selectbox(key=key).value for key in ("s_student", "s_corruption")] == ["KD, all", "fog"]
    assert page.selectbox(key="s_student").options == ["KD", "KD, all"]
    assert button(page, "adapt_start") is None
    button(page, "test_adapted").click().run()
    ended_test(lab)
    page.run()
    assert not page.exception
    assert button(page, "test_adapted") is None
    assert len(page.get("plotly_chart")) == 1
    text = said(page)
    assert "On **Fog, severity 4** KD, all had" in text
    assert "On **clean images** KD, all had" in text
    assert text.count("Its control run, which trained equally long on clean images, has") == 2
    assert "The teacher, whose answers are the only labels, has" in text
    assert text.count("One seed shows no verdict") == 1
    assert "No control run" not in text


def test_what_others_were_tested_in_shows_no_adaptation_yet(adapted, screen, lab):
    newest, first = lab.jobs()
    lab.robustness.test(
        [run for ids in lab.reports.summary(first.id)["run_ids"] for run in ids], attacks=(), images=2000
    )
    ended_test(lab)
    page = screen("robustness", facet="Adapt", job=f"{newest.title} #{newest.id}")
    assert not page.exception
    assert button(page, "test_adapted").proto.type == "primary"
    assert not page.get("plotly_chart")
    text = said(page)
    assert "Not tested yet." in text
    assert "No control run" not in text


def test_what_was_adapted_is_found_from_the_experiment_that_it_came_from(adapted, screen, lab):
    newest, first = lab.jobs()
    page = screen("robustness", facet="Adapt", job=f"{first.title} #{first.id}")
    assert not page.exception
    # The same question is answered from what is there, whoever asks.
    assert button(page, "test_adapted") is not None
    page.selectbox(key="s_corruption").select("snow").run()
    assert button(page, "adapt_start") is not None
    button(page, f"adapted_{newest.id}").click().run()
    assert not page.exception
    assert page.selectbox(key="job").value == f"{newest.title} #{newest.id}"
    assert page.selectbox(key="s_corruption").value == "fog"


def test_a_network_that_was_finished_a_moment_ago_does_no_harm(tested, screen, lab, monkeypatch):
    (job,) = lab.jobs()
    table = lab.robustness.corruption_error(job.id)
    late = table.tail(1).assign(student="finished a moment ago")
    monkeypatch.setattr(lab.robustness, "corruption_error", lambda job_id, images: pd.concat([table, late]))
    page = screen("robustness")
    assert not page.exception
    assert len(page.get("plotly_chart")) == 4
