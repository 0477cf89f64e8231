"""Pages and a task of text: it is trained like any other, and what is for images says so."""

import pytest

from distill_core.tasks import TASKS
from tests.pages.visiting import compared, visit

TASK = "languages"
REFUSED = "Adapting is for images, scenes and recordings, and the examples of Languages, 20 are texts."


@pytest.fixture
def trained(lab):
    return compared(lab, TASK, teacher="byte_cnn", width=2.0)


def test_every_page_shows_what_it_can_of_text(screen, trained):
    shown = {
        ("compare", ""): {},
        ("compare", "Confusion"): {"details": "Confusion"},
        ("train", ""): {"train_show": "Watch"},
        ("home", ""): {},
        ("benchmark", ""): {},
        ("playground", ""): {},
        ("compare", "Disagreements"): {"details": "Disagreements"},
        ("methods", ""): {"part": "Explore a method"},
        ("methods", "maps"): {"part": "Explore a method", "family": "features", "of_features": "at"},
        ("temperature", ""): {"task_seen": TASK},
        ("temperature", "classes"): {"task_seen": TASK, "look": "classes"},
        ("compress", ""): {},
        **{("robustness", part): {"facet": part} for part in ("Corruptions", "Gallery", "Calibration")},
    }
    refused = {
        ("robustness", "Adapt"): {"facet": "Adapt"},
    }
    visit(screen, trained, shown=shown, refused=refused, told=REFUSED)


def test_a_form_of_images_turns_into_the_comparison_of_texts(screen):
    page = screen("train", task="fashion_mnist_small")
    page.selectbox(key="train_task").select(TASK).run()
    assert not page.exception
    assert page.number_input(key="train_budget_updates").value == TASKS.get(TASK).default.budget.updates
    assert not page.button(key="train_start").disabled
