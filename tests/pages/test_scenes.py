"""Pages and a task of scenes: it is trained like any other, and what is for one label an example says so."""

import pytest

from distill_core.tasks import TASKS
from tests.pages.visiting import compared, visit

TASK = "scenes"
REFUSED = "This part shows one answer for each example, and networks of Scenes, 6 classes give 2,304 for each scene."


@pytest.fixture
def trained(lab):
    return compared(lab, TASK, teacher="unet_small", width=0.5)


def test_every_page_shows_what_it_can_of_scenes(screen, trained):
    shown = {
        ("compare", ""): {},
        ("compare", "Confusion"): {"details": "Confusion"},
        ("compare", "Disagreements"): {"details": "Disagreements"},
        ("train", ""): {"train_show": "Watch"},
        ("home", ""): {},
        ("benchmark", ""): {},
        ("playground", ""): {},
        ("compress", ""): {},
        ("robustness", "Calibration"): {"facet": "Calibration"},
    }
    refused = {
        ("methods", ""): {"part": "Explore a method"},
        ("temperature", ""): {"task_seen": TASK},
    }
    visit(screen, trained, shown=shown, refused=refused, told=REFUSED)


def test_a_form_of_images_turns_into_the_comparison_of_scenes(screen):
    page = screen("train", task="fashion_mnist_small")
    page.selectbox(key="train_task").select(TASK).run()
    assert not page.exception
    assert page.number_input(key="train_budget_updates").value == TASKS.get(TASK).default.budget.updates
    assert not page.button(key="train_start").disabled
