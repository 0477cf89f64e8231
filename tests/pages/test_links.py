"""Copy link, for every page: opened anew it shows what the page showed, every digit of every number."""

from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from distill_core.lab import Lab
from distill_core.spec import Experiment
from distill_core.templates.grid import GridSpec, grid_experiment

ODD = 7.3456789
DIGITS = {"task": "digits", "teacher": "train:resnet14"}
PAGES = {
    "train": {
        **DIGITS,
        "s0_T": "7.3456789",
        "s0_alpha": "0.0123456789",
        "s0_std": "true",
        "s0_width": "0.2512345678",
        "s1_method": "dkd",
        "s1_p_other_weight": "7.3456789",
        "lr": "0.0123456789",
    },
    "temperature": {"T": "7.3456789", "alpha": "0.0123456789", "look": "gradient", "image": "3", "t_squared": "false"},
    "playground": {"play_T": "8", "rotation": "7.3456789", "noise": "0.0123456789", "sample": "3"},
    "compress": {"c_links": "3", "c2_prune_keep": "0.6123456789", "c1_T": "7.3456789", "c_random": "false"},
    "methods": {"part": "Compare methods", "r_methods": "dkd", "r_seeds": "2", "r_task": "digits"},
    "robustness": {"facet": "Gallery", "g_image": "3", "g_severity": "5"},
    "compare": {"cost": "MACs", "log": "false", "details": "Confusion"},
    "benchmark": {"backend": "webgpu", "batch": "8", "precision": "float16"},
}
# What such settings are called today.
WRITTEN = {"train": {"spec"}, "compress": {"spec"}, "methods": {"part", "spec"}}


def link(page: AppTest) -> dict[str, list[str]]:
    """What Copy link holds."""
    return parse_qs(urlsplit(page.code[0].value).query)


def state(page: AppTest, keys: Iterable[str]) -> dict[str, object]:
    return {key: page.session_state[key] for key in keys if key in page.session_state}


@pytest.fixture
def odd_grid(lab: Lab, filed) -> None:
    """A grid whose temperature is on no list."""
    sweep = GridSpec().model_copy(update={"temperatures": (4.0, ODD), "alphas": (0.5, 0.9)})
    filed("feed", "stopped", specification=lab.plan(grid_experiment(sweep)).experiment.to_json())


@pytest.mark.parametrize("name", PAGES)
def test_a_link_opens_the_page_with_everything_as_it_was(trained, lab, screen, name, request):
    if name == "temperature":
        request.getfixturevalue("odd_grid")
    page = screen(name, **PAGES[name])
    assert not page.exception
    asked = link(page)
    assert WRITTEN.get(name, set(PAGES[name])) <= set(asked)
    again = screen(name, **asked)
    assert not again.exception
    assert [part.value for part in again.code[1:]] == [part.value for part in page.code[1:]]  # a specification
    # Networks are called by name and number on the page, by number alone in a link.
    assert state(again, asked.keys() - {"runs"}) == state(page, asked.keys() - {"runs"})
    assert link(again) == asked


def test_a_link_keeps_every_digit(lab, odd_grid, screen):
    name, keys = "temperature", ("T", "alpha")
    page = screen(name, **link(screen(name, **PAGES[name])))
    assert state(page, keys) == {key: float(PAGES[name][key]) for key in keys}


def test_a_link_to_compress_keeps_every_digit(lab, screen):
    page = screen("compress", **link(screen("compress", **PAGES["compress"])))
    _, trained, pruned = Experiment.from_json(page.code[-1].value).students
    assert (trained.temperature, pruned.start.change.parameters["keep"]) == (ODD, 0.6123456789)


def test_a_link_to_train_keeps_every_digit(lab, screen):
    page = screen("train", **link(screen("train", **PAGES["train"])))
    asked = Experiment.from_json(page.code[-1].value)
    first, second = (one for one in asked.students if one.role == "student")
    kept = (first.temperature, first.alpha, first.width, second.parameters["other_weight"])
    assert kept == (ODD, 0.0123456789, 0.2512345678, ODD)
    assert asked.optimiser.learning_rate == 0.0123456789


def test_the_drift_of_a_drawing_keeps_every_digit(trained, lab, screen):
    asked = link(screen("playground", **PAGES["playground"]))
    assert (asked["rotation"], asked["noise"]) == (["7.3456789"], ["0.0123456789"])
