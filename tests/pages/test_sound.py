"""Pages and a task of sound: it is trained like any other, and what is for images says so."""

import base64
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from distill_core.spec import Budget
from distill_core.tasks import TASKS
from distill_core.templates import new_voice
from tests.pages.test_playground import stage
from tests.pages.visiting import compared_in, visit

TASK = "spoken_digits"
LOOKS = ("image", "gradient", "loss", "classes", "calibration")
REFUSED = "Adapting is for images, scenes and recordings, and the examples of Spoken digits are recordings."


@pytest.fixture(scope="module")
def compared_once(tmp_path_factory):
    return compared_in(tmp_path_factory.mktemp("sound"), TASK, teacher="sequence_cnn", width=0.25)


@pytest.fixture
def trained(lab, compared_once):
    return lab.job(compared_once.job_id)


def test_every_page_shows_what_it_can_of_sound(screen, trained):
    shown = {
        **{("compare", tab): {"details": tab} for tab in ("Curves", "Confusion", "Classes", "Downloads")},
        ("train", ""): {"train_show": "Watch"},
        ("home", ""): {},
        ("benchmark", ""): {},
        ("playground", ""): {},
        ("compare", "Disagreements"): {"details": "Disagreements"},
        ("methods", ""): {"part": "Explore a method"},
        **{("temperature", look): {"task_seen": TASK, "look": look} for look in LOOKS},
        ("compress", ""): {},
        **{
            ("robustness", facet): {"facet": facet}
            for facet in ("Corruptions", "Gallery", "Attacks", "Calibration", "Adapt")
        },
    }
    refused = {}
    visit(screen, trained, shown=shown, refused=refused, told=REFUSED)


def test_a_form_of_images_turns_into_the_comparison_of_sound_and_back(screen):
    page = screen("train", task="fashion_mnist_small")
    page.selectbox(key="train_task").select(TASK).run()
    assert not page.exception
    assert page.number_input(key="train_budget_updates").value == TASKS.get(TASK).default.budget.updates
    page.selectbox(key="train_task").select("digits").run()
    assert not page.exception
    assert not page.button(key="train_start").disabled


def test_beside_curves_stands_whose_voice_validation_is():
    def page() -> None:
        from ui import lab
        from ui.jobs import learning

        for name in ("spoken_digits", "spoken_digits_new_voice_theo", "spoken_digits_of_theo"):
            learning.of_validation(lab(), name)

    said = [one.value for one in AppTest.from_function(page).run().caption]
    assert said == [
        "Validation is the voice of another man, who is neither in training nor in the test.",
        "Validation is the voice of another man: its curve tells what is forgotten, not what is gained.",
    ]


def test_compare_asks_so_for_the_task_of_its_networks(screen, trained, monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr("ui.screens.compare.learning.of_validation", lambda lab, name: asked.append(name))
    assert not screen("compare", task_of=TASK, experiments=trained.id).exception
    assert asked == [TASK]


def sent(count: int = 20) -> str:
    """What a browser brings, as JSON."""
    values = base64.b64encode(np.random.default_rng(0).normal(size=520).astype("<f4").tobytes()).decode()
    return json.dumps({"words": [{"digit": place % 10, "frames": 30, "values": values} for place in range(count)]})


def test_one_recording_is_asked_what_and_who_and_a_voice_is_learnt(screen, lab, trained, monkeypatch):
    given = stage(screen("playground", job=trained.id))
    assert (given["title"], given["beside"]["title"]) == ("Spoken digits", "Who speaks")
    assert given["beside"]["task"]["features"] == "with_mean"
    assert [one["file"] for one in given["beside"]["networks"]] == ["../shipped/speakers_cnn.onnx"]
    assert "knows 6 voices alone" in given["beside"]["note"]
    assert given["voice"] | {"names": 10} == {"names": 10, "takes": 2, "least": 10, "busy": False}
    rows = lab.reports.results([trained.id])
    source = rows[rows["student"] == given["networks"][2]["name"]]["run_id"].iloc[0]

    def page(text: str, run_id: str) -> None:
        import json

        import streamlit as st

        from ui.jobs import actions
        from ui.screens.playground import voice

        voice.take(json.loads(text), run_id)
        actions.told()
        st.text(st.session_state.get("job", ""))

    for words, said in (("[]", "features of words"), ('{"words": [{"digit": 1}]}', "features"), (sent(9), "got 9")):
        told = AppTest.from_function(page, args=(words, source)).run()
        assert (said in told.warning[0].value, told.text[0].value) == (True, "")
    monkeypatch.setattr(new_voice, "BUDGET", Budget(updates=4, batch_size=16))
    name, _, number = AppTest.from_function(page, args=(sent(), source)).run().text[0].value.rpartition(" #")
    assert name == "A voice, 20 words"
    job = lab.wait(number, 120)
    assert (job.state, job.error) == ("finished", None)
    given = stage(screen("playground", job=number))
    before_and_after = ["as it was", "norms anew", "taught by the teacher, norms anew", "20 labels"]
    assert [one["name"] for one in given["networks"]] == before_and_after
    assert (given["title"], given["voice"]["busy"]) == ("Spoken digits by one more voice", False)
    assert stage(screen("playground"))["title"] == "Spoken digits"  # the newest is another visitor's voice
    places = {("compare", ""): {}, ("train", ""): {"train_show": "Watch"}, ("home", ""): {}, ("benchmark", ""): {}}
    visit(screen, job, shown=places, refused={}, told=REFUSED)
