"""Texts with their templates: what they read, and what is kept of them beside their English."""

import json

import pytest

from distill_core.errors import InvalidSetting, NotFound
from distill_core.said import Names, Said, from_json, said, to_json

NESTED = InvalidSetting(
    said("step {place}", 2), expected=said("{low:g} to {high:g}", 0.5, 4), got=Names(("kd", "dkd")), hint="choose one"
)


def test_places_are_filled_with_numbers_names_lists_and_other_texts() -> None:
    assert said("at most {count:,} of {names}", 1234, Names(["a", "b"])) == "at most 1,234 of a, b"
    assert said("{names: or }", Names("ab")) == "a or b"
    assert said("{why:; }", Names((said("no {what}", "x"), "y"))) == "no x; y"
    assert str(NESTED) == "step 2: expected 0.5 to 4, got kd, dkd; choose one"
    assert str(InvalidSetting("names", expected="some", got=Names(), hint="add")) == (
        "names: expected some, got nothing; add"
    )


def test_what_is_stored_beside_a_text_gives_the_text_with_its_values_again() -> None:
    stored = json.loads(json.dumps(to_json(NESTED.text)))
    text = from_json(str(NESTED), stored)
    assert isinstance(text, Said)
    assert (text, text.template) == (str(NESTED), NESTED.text.template)
    assert text.places["expected"].places == {"low": 0.5, "high": 4}
    assert text.places["got"] == Names(("kd", "dkd"))


def test_an_error_in_a_text_is_kept_with_its_template() -> None:
    text = said("{student!r}: {error}", "a", NotFound(said("no run {run_id!r}", "ab")))
    again = from_json(text, to_json(text))
    assert again == "'a': no run 'ab'"
    assert again.places["error"].template == "no run {run_id!r}"


@pytest.mark.parametrize("plain", ["some words", "", None])
def test_a_text_without_values_has_nothing_beside_it(plain: str | None) -> None:
    assert to_json(plain) is None


@pytest.mark.parametrize(
    "stored",
    [
        *(None, 3, "x", [], {}, {"template": "b", "places": {}}, {"template": "a"}, {"template": "a", "places": 3}),
        {"template": "{x}", "places": {"x": "b"}},
        {"template": "{x.__class__}", "places": {"x": "a"}},
        {"template": "{x[0]}", "places": {"x": "a"}},
        {"template": "{x:9999999}", "places": {"x": "a"}},
        {"template": "{x:{y}}", "places": {"x": "a", "y": 9999999}},
        {"template": "{}", "places": {}},
        {"template": "{x", "places": {}},
        {"template": "a", "places": {f"x{number}": 0 for number in range(250)}},
        {"template": "{x}", "places": {"x": {"names": 3}}},
        {"template": "{x:d}", "places": {"x": "a"}},
    ],
)
def test_what_does_not_give_the_text_leaves_the_text_alone(stored: object) -> None:
    text = from_json("a", stored)
    assert (text, type(text)) == ("a", str)


def test_texts_in_each_other_have_an_end() -> None:
    stored: object = "a"
    for _ in range(2000):
        stored = {"template": "{x}", "places": {"x": stored}}
    assert type(from_json("a", stored)) is str
