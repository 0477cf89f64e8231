"""Compress by goal: without limits, searching, found, out of reach, started; and what a finished pipeline reached."""

from urllib.parse import parse_qs, urlsplit

import pytest

from distill_core.errors import StorageFailed
from distill_core.networks import ARCHITECTURES
from distill_core.templates.goal import Goal
from tests.pages.test_compress import called, compressed, compressed_once, said, spec, steps  # noqa: F401
from ui.screens.compress import goal

pytestmark = pytest.mark.usefixtures("few_networks")
BY_GOAL = {"c_mode": goal.BY_GOAL, "c_task": "digits"}


@pytest.fixture
def few_networks(monkeypatch):
    """Two families, so that a search takes no time."""
    known = (ARCHITECTURES.get("resnet8"), ARCHITECTURES.get("plain_cnn"))
    monkeypatch.setattr("distill_core.lab.goals.taking", lambda *given: known)


def button(page, key: str):
    return next(one for one in page.button if one.key == key)


def found(screen, lab, **asked: str):
    """The page after a search."""
    page = screen("compress", **BY_GOAL, **asked)
    button(page, "goal_find").click().run()
    lab.goals.wait(sought(page), 60)
    page.run()
    assert not page.exception
    return page


def sought(page) -> Goal:
    """What a visitor searches for."""
    return page.session_state[goal.SOUGHT]


def test_a_goal_begins_without_limits_and_says_what_to_do(screen):
    page = screen("compress", **BY_GOAL)
    assert not page.exception
    assert goal.NO_GOAL in [box.value for box in page.info]
    assert [field.value for field in page.number_input if field.key.startswith("goal")] == [None] * 3
    assert not steps(page)
    page.button_group(key="c_mode").set_value(goal.BY_HAND).run()
    assert steps(page)


def test_the_largest_that_fits_is_found_explained_and_started(screen, lab):
    page = found(screen, lab, goal_kb="40")
    text = said(page)
    assert "is the largest part of the teacher that fits, of " in text
    assert "kB of 40.0 kB." in text
    assert "The next larger one, " in text
    proposal = lab.goals.found(goal_of(lab, most_bytes=40_000))
    assert proposal.chosen.size_bytes <= 40_000 < proposal.larger.size_bytes
    asked = parse_qs(urlsplit(page.code[0].value).query)
    assert (asked["c_mode"], asked["goal_kb"], spec(page)["task"]) == ([goal.BY_GOAL], ["40"], "digits")
    button(page, "goal_start").click().run()
    assert not page.exception
    (job,) = lab.queue()
    lab.stop(job.id)
    assert page.selectbox(key="chain").value == f"{job.title} #{job.id}"
    last = job.experiment.students[-1]
    assert (last.architecture, last.width) == (
        proposal.chosen.candidate.blueprint.architecture,
        proposal.chosen.candidate.blueprint.width,
    )


def goal_of(lab, **limits: object) -> Goal:
    teacher = lab.catalog.teachers("digits")[0].choice
    return Goal.of({"task": "digits", "teacher": teacher.model_dump(), **limits})


def test_a_latency_is_measured_here(screen, lab):
    page = found(screen, lab, goal_ms="1000")
    assert "of 1,000 ms" in said(page).replace("1000 ms", "1,000 ms")
    proposal = lab.goals.found(goal_of(lab, most_ms=1000.0))
    assert 0 < proposal.chosen.p50_ms < 1000


def test_a_proposal_is_edited_by_hand(screen, lab):
    page = found(screen, lab, goal_kb="40")
    button(page, "goal_edit").click().run()
    assert not page.exception
    assert steps(page)[-1] in called("int8", "float16", "kd")
    assert not page.checkbox(key="compression_controls").value  # the goal's plan trains no baselines


def test_a_goal_out_of_reach_is_refused_with_the_nearest(screen, lab):
    page = found(screen, lab, goal_kb="1")
    assert page.warning[0].value.startswith("The goal: expected a limit that some network keeps to")
    assert "The nearest is" in page.warning[0].value.replace("the nearest is", "The nearest is")
    assert not [one for one in page.button if one.key == "goal_start"]


@pytest.fixture
def endless(monkeypatch):
    """A search goes on until it is stopped."""

    def stay(scales):
        while True:
            scales.report(1, "ResNet-8")

    monkeypatch.setattr("distill_core.lab.goals.propose", lambda given, offered, scales: stay(scales))


def test_a_search_that_runs_shows_how_far_it_is_and_can_be_stopped(screen, lab, endless):
    page = screen("compress", **BY_GOAL, goal_kb="40")
    button(page, "goal_find").click().run()
    assert not page.exception
    # Another visitor of the same link sees no search, may share it, and stops it for nobody else.
    other = screen("compress", **BY_GOAL, goal_kb="40")
    assert not [one for one in other.button if one.key == "goal_stop"]
    button(other, "goal_find").click().run()
    button(other, "goal_stop").click().run()
    assert button(other, "goal_find")
    asked = sought(page)
    assert not lab.goals.searching(asked).finished
    button(page.run(), "goal_stop").click().run()
    assert lab.goals.wait(asked, 60).stopped


def test_a_visitor_has_one_search_at_a_time(screen, lab, endless):
    page = screen("compress", **BY_GOAL, goal_kb="40")
    button(page, "goal_find").click().run()
    first = sought(page)
    page.number_input(key="goal_kb").set_value(50.0).run()
    button(page, "goal_find").click().run()
    assert lab.goals.wait(first, 60).stopped
    assert not lab.goals.searching(sought(page)).finished
    second = sought(page)
    button(page, "goal_stop").click().run()
    assert lab.goals.wait(second, 60).stopped


@pytest.mark.usefixtures("compressed")
def test_a_finished_pipeline_is_judged_by_the_goal(screen, lab):
    page = screen("compress", **BY_GOAL, goal_kb="100", goal_accuracy="99.9")
    assert not page.exception
    text = said(page)
    assert "8-bit integers (static, per channel, examples 32)** beside the goal:" in text
    assert "**Reached**: " in text
    assert "(at most 100 kB)." in text
    assert "**Not reached**: " in text
    assert "(at least 99.9 %)." in text


@pytest.mark.usefixtures("compressed")
def test_a_pipeline_of_another_task_is_not_judged_by_the_goal(screen):
    page = screen("compress", **BY_GOAL | {"c_task": "fashion_mnist_small"}, goal_kb="100", goal_accuracy="99.9")
    assert not page.exception
    assert "beside the goal" not in said(page)


def test_an_error_of_a_search_that_another_visitor_began_is_not_told(screen, lab, monkeypatch):
    def broken(given, offered, scales):
        raise StorageFailed("weighing", expected="room", got="none", hint="make some")

    monkeypatch.setattr("distill_core.lab.goals.propose", broken)
    mine = screen("compress", **BY_GOAL, goal_kb="40")
    button(mine, "goal_find").click().run()
    lab.goals.wait(sought(mine), 60)
    assert [box.value for box in mine.run().warning] == ["Weighing: expected room, got none; make some."]
    assert not screen("compress", **BY_GOAL, goal_kb="40").warning
