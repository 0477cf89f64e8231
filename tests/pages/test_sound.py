"""Pages and a task of sound: it is trained like any other, and what is for images says so."""

import pytest
from streamlit.testing.v1 import AppTest

from distill_core.tasks import TASKS
from tests.pages.visiting import compared, visit

TASK = "spoken_digits"
LOOKS = ("image", "gradient", "loss", "classes", "calibration")
REFUSED = "This part is for images, and the examples of Spoken digits are recordings."


@pytest.fixture
def trained(lab):
    return compared(lab, TASK, teacher="sequence_cnn", width=0.25)


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
        **{("robustness", facet): {"facet": facet} for facet in ("Calibration", "Adapt")},
    }
    refused = {
        **{("robustness", facet): {"facet": facet} for facet in ("Corruptions", "Gallery", "Attacks")},
    }
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
