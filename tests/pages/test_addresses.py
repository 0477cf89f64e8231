"""What an address may say to every page."""

import itertools

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import ROOT

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
IMPOSSIBLE = ("inf", "-inf", "1e999", "nan", "Infinity", "9" * 400)
# What shows fields that are not there at first.
MORE = {
    "train": {"students": "2", "train_advanced": "true"},
    "robustness": {"facet": "Gallery"},
    "methods": {"part": "Compare methods"},
    "temperature": {"view": "Grid search (T × α)"},
}

WITHOUT = ("benchmark", "compare", "data", "glossary", "home")


def numbers(page: AppTest) -> dict[str, object]:
    return {one.key: one.value for one in (*page.number_input, *page.slider) if one.key}


@pytest.mark.usefixtures("trained")
@pytest.mark.parametrize("name", PAGES)
def test_impossible_numbers_are_dropped_and_defaults_shown(screen, name):
    more = MORE.get(name, {})
    usual = screen(name, **more)
    fields = {key: value for key, value in numbers(usual).items() if key not in more}
    assert fields or name in WITHOUT
    odd = itertools.cycle(IMPOSSIBLE)
    page = screen(name, **more, **{key: next(odd) for key in fields})
    assert not page.exception
    assert [one.value for one in page.title] == [one.value for one in usual.title]
    assert {key: numbers(page)[key] for key in fields} == fields


@pytest.mark.parametrize(
    ("name", "keys", "task"),
    [
        ("train", ("students", "updates", "lr", "s0_alpha", "s0_T", "s0_width", "s0_seeds"), {"task": "digits"}),
        ("compress", ("c_links", "c_seeds", "c_updates", "c1_T", "c0_width", "c2_prune_keep"), {"c_task": "digits"}),
    ],
)
def test_so_are_those_of_an_old_link_to_a_form(screen, name, keys, task):
    odd = itertools.cycle(IMPOSSIBLE)
    page = screen(name, **task, **{key: next(odd) for key in keys})
    assert not page.exception
    assert page.code[-1].value == screen(name, **task).code[-1].value


@pytest.mark.usefixtures("trained")
def test_a_name_may_look_like_one(screen):
    page = screen("train", s0_name="nan")
    page.button(key="train_edit_0").click().run()
    assert page.text_input(key="train_students_0_name").value == "nan"
