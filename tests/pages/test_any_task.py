"""Pages and a task that is none of images: forms offer what takes its examples."""

import pytest

from tests.execution.test_any_task import toys  # noqa: F401

TAKING = {"tone_network", "fact_network"}


def takes(options):
    return set(options) >= TAKING and not [name for name in options if name.startswith(("resnet", "plain", "tag"))]


def is_ready(page):
    return [one.value for one in (*page.exception, *page.error, *page.warning)] == []


def test_train_offers_networks_that_take_its_examples(screen):
    page = screen("train", task="tones", students="1", s0_labels="all")
    assert page.selectbox(key="train_teacher").options[0] != "train:resnet20"
    page.button(key="train_edit_0").click().run()
    assert takes(page.selectbox(key="train_students_0_architecture").options)
    assert is_ready(page)
    assert not page.button(key="train_start").disabled


def test_a_task_that_is_chosen_later_brings_its_networks(screen):
    page = screen("train", task="digits", students="1", s0_labels="all")
    page.selectbox(key="train_task").select("tones").run()
    page.button(key="train_edit_0").click().run()
    network = next(box for box in page.selectbox if box.key.startswith("train_students_0_architecture"))
    assert takes(network.options)
    assert is_ready(page)


def test_the_first_answers_can_be_asked_for(screen):
    page = screen("temperature", task_seen="tones")
    assert is_ready(page)
    assert not page.button(key="first_answers").disabled


@pytest.mark.parametrize(
    ("page", "where", "task", "network"),
    [
        ("methods", {"part": "Compare methods"}, "new_comparison_task", "new_comparison_architecture"),
        ("temperature", {"view": "Grid search (T × α)"}, "new_grid_task", "new_grid_architecture"),
        ("compress", {"c_start": "a network of its own"}, "compression_task", "compression_start_architecture"),
    ],
)
def test_other_forms_offer_them_too(screen, page, where, task, network):
    opened = screen(page, **where)
    opened.session_state["own_grid"] = True  # which unfolds the form of a grid
    opened.run().selectbox(key=task).select("tones").run()
    assert takes(opened.selectbox(key=network).options)
    assert not opened.exception
