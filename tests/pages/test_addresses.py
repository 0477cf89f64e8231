"""What an address may say to every page."""

import itertools

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import ROOT

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
IMPOSSIBLE = ("inf", "-inf", "1e999", "nan", "Infinity", "9" * 400)
# What shows fields that are not there at first.
MORE = {
    "train": {"students": "2"},
    "compress": {"c_links": "3"},
    "robustness": {"facet": "Gallery"},
    "methods": {"part": "Compare methods"},
    "temperature": {"view": "Grid search (T × α)"},
}

WITHOUT = ("benchmark", "compare", "glossary", "home")


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


@pytest.mark.parametrize(("name", "key", "usual"), [("train", "students", 2), ("compress", "c_links", 5)])
def test_so_is_an_impossible_number_of_rows(screen, name, key, usual):
    page = screen(name, **{key: "1e999"})
    assert (page.title[0].value, numbers(page)[key]) == (name.title(), usual)


@pytest.mark.usefixtures("trained")
def test_a_name_may_look_like_one(screen):
    assert screen("train", s0_name="nan").text_input(key="s0_name").value == "nan"
