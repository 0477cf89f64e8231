"""The example on every page that shows experiments, in a home in which nothing else was trained."""

import functools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import ui
from distill_core.lab import Lab
from distill_core.store import JobState
from tests.pages.test_home import labels, texts
from tests.pages.test_playground import stage
from tests.quick import QUICK_TIMER, experiment
from tests.records import job_record
from ui.jobs import actions, first
from ui.screens.playground import knobs

NETWORKS = ["ResNet-20", "control", "KD, same images", "KD, all images"]


@pytest.fixture
def lab(home: Path, example_once: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    shutil.copytree(example_once, home, dirs_exist_ok=True)
    monkeypatch.setattr(Lab, "open", functools.partial(Lab.open, timer=QUICK_TIMER))
    ui.close()
    yield ui.lab()
    ui.close()


def whole(page) -> str:
    assert not page.exception
    assert [part.value for part in page.warning] == []
    return texts(page) + "\n".join(part.value for part in page.info)


def test_home_shows_its_chart_with_where_it_was_measured_and_one_button_to_run_it_here(screen, lab):
    page = screen("home")
    said = whole(page)
    assert len(page.metric) == 4
    assert len(page.get("plotly_chart")) == 1
    assert f"on another machine ({lab.example.environment['cpu']}" in said
    begun = [label.split(" · ")[0] for label in labels(page)]
    assert [label for label in begun if label.startswith(("Run", "Repeat"))] == ["Run it here"]
    older = page.button(key="home_older").click().run()
    assert whole(older).count("· ships with the lab") == labels(older).count("Hide") == len(lab.example.job_ids)
    # One line holds six voices.
    assert "**Example: Spoken digits by one voice** · 6 that ship with the lab" in [one.label for one in older.expander]


def test_it_is_hidden_on_home_and_shown_again(screen, lab):
    *tasks, shown, other = lab.example.job_ids
    lab.example.hide(*tasks)
    one = screen("home").button(key=f"example_hide_{other}").click().run()
    assert [job.id for job in lab.jobs()] == [shown]
    assert "Show the example" in labels(one)
    hidden = one.button(key=f"example_hide_{shown}").click().run()
    assert "Nothing has been trained yet" in whole(hidden)
    assert lab.jobs() == ()
    shown = hidden.button(key="example_show").click().run()
    assert len(shown.metric) == 4
    assert "Show the example" not in labels(shown)


def test_it_takes_the_place_of_no_own_result_where_it_is_shown_again(lab, monkeypatch):
    lab.example.hide()
    lab._store.add_job(job_record("a" * 16, experiment().to_json(), state=JobState.FINISHED, title="of one's own"))
    lab.example.show()
    monkeypatch.setattr(first.pick, "finished", lambda lab, ids: ({*ids}, {*ids}))
    assert first.focus(lab).title == "of one's own"


def test_where_something_else_is_stored_the_example_does_not_say_that_nothing_is(screen, lab):
    nothing = "Nothing was trained here yet."
    assert nothing in whole(screen("home"))
    lab._store.add_job(job_record("a" * 16, experiment().to_json(), state=JobState.STOPPED, title="of one's own"))
    said = whole(screen("home"))
    assert "It ships with the lab" in said
    assert nothing not in said


def test_compare_shows_both_and_every_tab(screen, lab):
    page = screen("compare")
    assert len(page.dataframe) == 1
    whole(page)
    for tab in ("Curves", "Confusion", "Classes", "All measures", "Disagreements", "Downloads"):
        whole(screen("compare", details=tab))


def test_benchmark_offers_the_shipped_files(screen, lab):
    page = screen("benchmark")
    whole(page)
    assert page.multiselect(key="runs").options == NETWORKS


def test_benchmark_offers_the_files_of_the_chain(screen, lab):
    page = screen("benchmark", job=f"{lab.jobs()[1].title} #{lab.example.job_ids[-2]}")
    whole(page)
    assert len(page.multiselect(key="runs").options) >= 4


def test_all_four_answer_on_the_playground(screen, lab):
    page = screen("playground")
    # A shirt is drawn by nobody, so a test image lies on the canvas.
    assert stage(page)["sample"]["index"] == knobs.OPENING
    whole(page)
    assert [one["name"] for one in stage(page)["networks"]] == NETWORKS
    assert all(lab.devices.model(one["run_id"]).data for one in stage(page)["networks"])


@pytest.mark.parametrize(("task", "teacher"), [("scenes", "scenes_unet"), ("medicine", "medicine_complex")])
def test_a_teacher_that_the_example_leaves_out_answers_with_the_file_that_ships(screen, lab, task, teacher):
    job = next(job for job in lab.jobs(limit=None) if job.experiment.task == task)
    page = screen("playground", job=job.id)
    whole(page)
    files = [one["file"] for one in stage(page)["networks"]]
    assert files[0] == f"../shipped/{teacher}.onnx"
    assert [file.split("/")[0] == ".." for file in files] == [True, False, False, False]
    assert not [part.value for part in page.caption if part.value.startswith("Came without a file")]


@pytest.mark.parametrize("facet", ["Corruptions", "Gallery", "Attacks", "Calibration", "Few labels", "Adapt"])
def test_robustness_has_the_table_and_asks_for_no_test(screen, lab, facet):
    page = screen("robustness", facet=facet)
    whole(page)
    if facet in ("Corruptions", "Attacks"):
        assert page.get("plotly_chart")
        assert not [label for label in labels(page) if label.startswith(("Test these", "Attack these"))]


def test_compress_shows_the_pipeline(screen, lab):
    page = screen("compress")
    assert "Nothing was compressed" not in whole(page)
    assert page.get("plotly_chart")
    assert page.selectbox(key="chain").value.startswith("Example")


def test_methods_shows_a_student_and_the_shipped_teacher(screen, lab):
    page = screen("methods", part="Explore a method")
    assert "stand in" not in whole(page)
    assert page.selectbox(key="pupil").value.startswith("KD, all images")
    assert all(name.startswith(("control", "KD, all images")) for name in page.selectbox(key="pupil").options)


def test_it_stands_beside_own_runs(screen, lab, trained_once, tmp_path_factory):
    other = Lab.open(trained_once)
    own = other.archives.pack([job.id for job in other.jobs()])
    other.close()
    lab.archives.unpack(own)
    page = screen("home")
    whole(page)
    assert not [label for label in labels(page) if label.startswith("Run it here")], "own runs come first"
    assert len(lab.jobs(limit=50)) == 1 + len(lab.example.job_ids)


@pytest.mark.parametrize("task", ["spoken_digits", "languages", "scenes", "spoken_digits_of_theo"])
def test_examples_of_other_kinds_are_shown_where_experiments_are(screen, lab, task):
    job = next(job for job in lab.jobs(limit=50) if job.experiment.task == task)
    place = actions.place(job)
    for name, asked in (
        ("train", {"train_show": "Watch", "job": place}),
        ("compare", {"task_of": task, "experiments": place, "details": "Confusion"}),
        ("benchmark", {"job": place}),
        ("playground", {"job": place}),
        ("robustness", {"job": place, "facet": "Gallery"}),
    ):
        said = whole(screen(name, **asked))
        assert "cannot be read" not in said
        assert "does not answer" not in said


def test_getting_used_to_a_voice_is_told_where_it_is_opened(screen, lab):
    job = next(job for job in lab.jobs(limit=50) if job.experiment.task == "spoken_digits_of_theo")
    watched = screen("train", train_show="Watch", job=actions.place(job))
    assert "What getting used to the voice brought" in [link.proto.label for link in watched.get("page_link")]
    assert "The voice of **Theo**: " in texts(watched)
    assert "which saw all labels, reaches" not in texts(watched)
    said = whole(screen("robustness", job=actions.place(job)))
    assert "the tab **Adapt** shows what that brought" in said
    assert "Nothing is known yet" not in said


def test_a_teacher_that_came_without_its_file_is_missed_by_name(screen, lab):
    job = next(job for job in lab.jobs(limit=50) if job.experiment.task == "languages")
    assert "Came without a file to run: Hashed n-grams." in whole(screen("benchmark", job=actions.place(job)))
    assert "Came without" not in whole(screen("benchmark"))


def test_a_method_on_positions_begins_with_the_scenes_of_an_example_and_their_shipped_teacher(screen, lab):
    page = screen("methods", part="explore", family="logits", of_logits="cwd")
    text = whole(page)
    assert "**Where they see each class**" in text
    assert "KD, all scenes (U-Net, small, 30 labels, seed 0) beside" in text
    assert page.selectbox(key="job").value.startswith("Example: Scenes")


@pytest.mark.parametrize("look", ["image", "gradient", "loss", "classes", "calibration"])
def test_temperature_shows_the_questions_of_the_graph_that_ships_without_a_training(screen, lab, look):
    page = screen("temperature", view="explore", task_seen="medicine", look=look)
    assert "No predictions" not in whole(page)
    assert not [one for one in page.button if one.key == "first_answers"]


def test_compare_shows_what_the_student_of_the_graph_lost(screen, lab):
    [job] = [job for job in lab.jobs() if job.title == "Example: Medicine, a knowledge graph"]
    page = screen("compare", task_of="medicine", details="disagreements")
    assert "Other known facts of a question are left out, as MRR leaves them out." in whole(page)
    run = {row["student"]: row["run_id"] for row in lab.reports.results([job.id]).to_dict("records") if not row["seed"]}
    found = lab.reports.disagreements(run["KD, all questions"], run["ComplEx, 128 dimensions"], limit=300)
    right = [one.teacher_class == one.label for one in found]
    assert 2 * sum(right) > len(right) > 20
    results = lab.reports.results([job.id])
    assert results[results["role"] == "student"]["agreement"].notna().all()
