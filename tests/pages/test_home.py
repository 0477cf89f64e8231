"""Home in its four states, and what its buttons do."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

import ui
from distill_core.execution import pace_measurement
from distill_core.jobs.torch_import import import_torch
from distill_core.planning.machine_pace import BUILT_IN
from distill_core.spec import ShippedTeacher, StoredTeacher
from distill_core.store import JobState
from distill_core.templates.presets import default_experiment
from tests.pages.conftest import FIRST_IMPORT_SECONDS, ROOT
from tests.quick import experiment, student
from ui.jobs import expected

pytestmark = pytest.mark.anywhere


def texts(page) -> str:
    return "\n".join(str(part.value) for part in (*page.markdown, *page.caption))


def labels(page) -> list[str]:
    return [button.label for button in page.button]


def test_empty_says_what_this_is_and_offers_one_thing_to_do(screen):
    page = screen("home")
    assert not page.exception
    assert page.title[0].value == "A small network learns from a large one"
    assert "Nothing has been trained yet" in texts(page)
    assert [label.split(" · ")[0] for label in labels(page)] == ["Run the comparison", "Show the example"]
    assert "Nothing is training." in [part.value for part in page.sidebar.caption]


def test_a_time_that_is_a_guess_says_so_until_this_machine_is_measured(screen, monkeypatch):
    monkeypatch.setattr(pace_measurement, "_measured", [])
    page = screen("home")
    assert expected.GUESS in [part.value for part in page.caption]
    guess = page.button(key="home_run").label
    monkeypatch.setattr(pace_measurement, "_measured", [replace(BUILT_IN, forward_macs_per_second=1e9, measured=True)])
    page.run()
    assert expected.GUESS not in [part.value for part in page.caption]
    assert page.button(key="home_run").label != guess
    assert not page.exception


def test_a_device_on_which_nothing_was_trained_has_no_pace(screen, monkeypatch):
    monkeypatch.setattr("distill_core.accelerator.available_devices", lambda: ("cuda", "cpu"))
    for room in ("machine", "planning.job_plan"):
        monkeypatch.setattr(f"distill_core.{room}.accelerator_name", {"cpu": None, "cuda": "cuda (a card)"}.get)
    page = screen("home")
    assert not page.exception
    assert expected.NO_PACE.format(device="cuda") in [part.value for part in page.caption]
    assert expected.GUESS not in [part.value for part in page.caption]


def test_other_programs_that_make_it_longer_are_told(screen, lab, monkeypatch):
    monkeypatch.setattr(lab._others, "share", lambda: 0.5)
    page = screen("home")
    assert not page.exception
    assert lab.plan(default_experiment()).busy == 0.5
    assert any(part.value.startswith("Other programs use 50") for part in page.caption)


@pytest.mark.parametrize(
    ("name", "key"), [("home", "home_run"), ("train", "train_start"), ("temperature", "first_answers")]
)
def test_a_plan_is_worked_out_once_and_not_at_each_run_of_a_page(screen, lab, monkeypatch, name, key):
    import_torch()  # as a first plan may, on one core; what is known of networks then goes into the next plan
    monkeypatch.setattr(lab, "warm_up", lambda: None)
    page = screen(name, **({} if name == "home" else {"task": "digits", "task_seen": "digits"}))
    asked, plan = [], lab.plan
    monkeypatch.setattr(lab, "plan", lambda one: asked.append(one) or plan(one))
    page.run()
    assert not page.exception
    assert "about" in page.button(key=key).label
    assert asked == []


def test_the_time_of_a_repetition_is_told_with_its_doubts_where_none_else_is(trained, screen, lab, monkeypatch):
    monkeypatch.setattr(lab._others, "share", lambda: 0.5)
    done = lab.plan(experiment())
    assert done.job_id
    monkeypatch.setattr("ui.jobs.first.default_experiment", lambda: done.experiment)
    page = screen("home")
    assert not page.exception
    assert len([part for part in page.caption if part.value.startswith("Other programs use 50")]) == 1


def test_running_shows_progress_and_a_card_a_network_from_the_first_moment(filed, screen, lab):
    filed("a1", JobState.RUNNING, specification=lab.plan(experiment()).experiment.to_json())
    page = screen("home")
    assert not page.exception
    assert [metric.value for metric in page.metric] == ["–", "–", "–"]
    assert {metric.delta for metric in page.metric} == {"no updates yet"}
    assert [label for label in labels(page) if label in ("Pause", "Resume")] == ["Pause"]
    assert len(page.get("vega_lite_chart")) == 2
    assert "left" in page.sidebar.progress[0].text
    # The bar ticks and tells the state; a line above it that does not would still say "waiting" while it trains.
    title = next(job.title for job in lab.jobs())
    assert title in [part.value for part in page.caption]


def test_paused_offers_to_go_on(filed, screen):
    filed("a1", JobState.PAUSED)
    page = screen("home")
    assert not page.exception
    assert [label for label in labels(page) if label in ("Pause", "Resume")] == ["Resume"]
    assert page.main.progress[0].text.startswith("Paused")


def test_failed_says_why_and_can_be_started_again(filed, screen, lab):
    filed("a1", JobState.FAILED, error="the disk is full; make room")
    page = screen("home")
    assert not page.exception
    assert page.warning[0].value == "The disk is full; make room."
    page.button(key="again_a1").click().run()
    assert not page.exception
    started = lab.queue()[0]
    assert (started.id != "a1", started.experiment) == (True, lab.plan(experiment()).experiment)
    lab.stop(started.id)


def test_interrupted_says_what_happened(home, filed, screen):
    filed("a1", JobState.INTERRUPTED)
    page = screen("home")
    assert not page.exception
    assert page.info[0].value == "Networks that were finished by then are kept."
    assert "No student of this experiment was finished." in texts(page)
    assert labels(page).count("Start again") == 2  # where it is shown, and in the list


@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.FINISHED])
def test_of_what_was_repeated_the_repetition_is_offered(filed, screen, state):
    filed("a1", JobState.INTERRUPTED, fingerprint="same")
    filed("a2", state, fingerprint="same")
    page = screen("home")
    assert not page.exception
    assert "Start again" not in labels(page)
    page.button(key="repeated_again_a1").click().run()
    assert not page.exception
    assert page.session_state["home_job"] == "a2"


def test_a_teacher_of_few_labels_is_said_to_have_seen_few(trained, lab, screen):
    summary = lab.reports.summary(lab.jobs()[0].id).set_index("student")
    few = StoredTeacher(run=summary.loc["KD", "run_ids"][0])
    again = experiment(student("KD, again"), updates=2, teacher=few.model_dump())
    job = lab.wait(lab.submit(again), 120)
    assert (job.state, job.error) == ("finished", None)
    page = screen("home")
    assert not page.exception
    assert page.metric[0].delta == "teacher, saw 100 labels"
    assert "The teacher, which saw 100 labels, reaches" in texts(page)
    assert "all labels" not in texts(page)


def test_finished_shows_cards_chart_sentences_and_the_small_print(trained, screen):
    page = screen("home")
    assert not page.exception
    assert [metric.delta for metric in page.metric][:2] == ["teacher, saw all labels", "control, labels alone"]
    assert [metric.delta.endswith(" pp") for metric in page.metric][2:] == [True, True]
    assert all(metric.value.endswith("%") for metric in page.metric)
    assert len(page.get("plotly_chart")) == 1
    told = texts(page)
    assert "Trained on 100 labels alone, without a teacher, the student reaches" in told
    assert "One seed speaks of these networks only" in told
    assert "360 test images" in told
    assert "1 seed (no interval)" in told


def test_a_repetition_asks_for_three_seeds_and_says_how_long(trained, screen, lab):
    page = screen("home")
    button = page.button(key="home_repeat")
    assert button.label.startswith("Run with 3 seeds · about ")
    button.click().run()
    assert not page.exception
    assert {one.seeds for one in lab.queue()[0].experiment.students} == {(0, 1, 2)}
    lab.stop(lab.queue()[0].id)


def test_delete_asks_first_and_then_forgets(trained, screen, lab):
    page = screen("home")
    job = lab.jobs()[0]
    assert "It can be brought back for ten minutes." in texts(page)
    page.button(key=f"delete_{job.id}").click().run()
    assert not page.exception
    assert lab.jobs() == ()
    assert "Nothing has been trained yet" in texts(page)


def test_deleting_what_another_window_deleted_is_told_calmly(trained, screen, lab):
    page = screen("home")
    job = lab.jobs()[0]
    lab.delete(job.id)
    page.button(key=f"delete_{job.id}").click().run()
    assert not page.exception
    assert f"no experiment '{job.id}'" in page.warning[0].value.lower()


def test_what_somebody_else_starts_stands_beside_the_result(trained, filed, screen, lab):
    filed("a1", JobState.RUNNING, submitted_at=datetime(2020, 1, 1, tzinfo=UTC))
    page = screen("home")
    assert not page.exception
    assert "Pause" not in labels(page)
    assert any(one.value == "Another experiment is running: job a1." for one in page.caption)
    assert len(page.metric) == 4


def test_the_button_answers_from_the_store(trained, screen, lab, monkeypatch):
    monkeypatch.setattr("ui.jobs.first.default_experiment", lambda seeds=1: experiment())
    (job,) = lab.jobs()
    page = screen("home")
    assert page.button(key="home_run").label == "Show the comparison · done"
    page.button(key="home_run").click().run()
    assert not page.exception
    assert lab.jobs() == (job,)


def test_the_button_shows_what_is_on_its_way(filed, screen, lab, monkeypatch):
    monkeypatch.setattr("ui.jobs.first.default_experiment", lambda seeds=1: experiment())
    plan = lab.plan(experiment())
    filed("a1", JobState.RUNNING, specification=plan.experiment.to_json(), fingerprint=plan.fingerprint)
    assert screen("home").button(key="home_run").label == "Show the comparison · already running"


def test_a_teacher_that_is_gone_is_told_calmly(screen, lab, monkeypatch):
    gone = experiment(student()).model_copy(
        update={"task": "fashion_mnist_small", "teacher": ShippedTeacher(name="nobody")}
    )
    monkeypatch.setattr("ui.jobs.first.default_experiment", lambda seeds=1: gone)
    page = screen("home")
    assert page.button(key="home_run").label == "Run the comparison"
    page.button(key="home_run").click().run()
    assert not page.exception
    assert "No shipped teacher named 'nobody'" in page.warning[0].value
    assert lab.jobs() == ()


def test_a_home_that_cannot_be_used_is_told_calmly(tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("DISTILL_HOME", str(tmp_path / "file"))
    ui.close()
    page = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=FIRST_IMPORT_SECONDS).run()
    assert not page.exception
    assert not page.error
    # Where it lies stands in the log.
    assert (str(tmp_path) in page.warning[0].value.replace("\\", ""), str(tmp_path) in caplog.text) == (False, True)


def test_a_student_name_is_shown_letter_for_letter(filed, screen, lab):
    named = experiment(student(name=":red[a] *b* $c$"))
    filed("a1", JobState.RUNNING, specification=lab.plan(named).experiment.to_json())
    page = screen("home")
    assert not page.exception
    assert page.metric[1].label.endswith(r" \:red\[a\] \*b\* \$c\$ · validation")
