"""Pages and a task of sound: it is trained like any other, and what is for images says so."""

import pytest
from streamlit.testing.v1 import AppTest

from distill_core.spec import Budget, TrainedTeacher
from distill_core.tasks import TASKS

TASK = "spoken_digits"
REFUSED = "This part is for images, and the examples of Spoken digits are recordings."


@pytest.fixture
def trained(lab):
    short = {"budget": Budget(updates=16, batch_size=16), "views": 2}
    plain = TASKS.get(TASK).default.model_copy(update=short)
    teacher = TrainedTeacher(architecture="sequence_cnn", width=0.25, budget=short["budget"])
    job = lab.wait(lab.submit(plain.model_copy(update={"teacher": teacher})), 120)
    assert (job.state, job.error) == ("finished", None)
    return job


def test_every_page_shows_what_it_can_of_sound(lab, screen, trained):
    rows = lab.reports.results([trained.id])
    assert set(rows["state"]) == {"finished"}
    assert rows["p50_ms"].notna().all()
    shown = {
        **{("compare", tab): {"details": tab} for tab in ("Curves", "Confusion", "Classes", "Downloads")},
        ("train", ""): {"train_show": "Watch"},
        ("home", ""): {},
        ("benchmark", ""): {},
        ("playground", ""): {},
        ("compress", ""): {},
        ("robustness", "Calibration"): {"facet": "Calibration"},
    }
    refused = {
        ("compare", "Disagreements"): {"details": "Disagreements"},
        **{("robustness", facet): {"facet": facet} for facet in ("Corruptions", "Gallery", "Attacks", "Adapt")},
        ("methods", ""): {"part": "Explore a method"},
        ("temperature", ""): {"task_seen": TASK},
    }
    for (name, part), where in (shown | refused).items():
        page = screen(name, **({"job": trained.id} if name != "home" else {}), **where)
        assert ((name, part), [*page.exception], [*page.error], [*page.warning]) == ((name, part), [], [], [])
        said = [one.value for one in page.info if one.value.startswith(REFUSED)]
        assert (name, part, len(said)) == (name, part, int((name, part) in refused))


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
