"""How the texts of twenty languages are shared out: by their sources, and no text twice."""

import pytest

from tools.make_languages import cleaned, part_of, parted

pytestmark = pytest.mark.anywhere

# What the sources' hashes say.
PART = {"Save changes": "train", "Mon": "train", "Monday": "train", "Back": "valid", "Server error": "test"}


def test_a_source_has_a_part_however_it_is_written() -> None:
    assert {source: part_of(f" {source.upper()}\n") for source in PART} == PART


def test_translations_of_a_source_are_in_one_part() -> None:
    texts = {
        "da": [(source, f"dansk {source}") for source in PART],
        "sv": [(source, f"sv {source}") for source in PART],
    }
    made = parted(texts)
    assert list(made) == ["train", "valid", "test"]
    for part, pairs in made.items():
        sources = [source for source, its in PART.items() if its == part]
        assert pairs == [*(("da", f"dansk {one}") for one in sources), *(("sv", f"sv {one}") for one in sources)]


def test_a_text_stays_in_the_first_part_that_has_it() -> None:
    """Not where it is read first, which would take it from training; and a sign or a digit makes no other text."""
    danish = [
        ("Server error", "Tilbage"),
        ("Save changes", "tilbage"),
        ("Back", "Til (bage) 404"),
        ("Monday", "Til bage"),
    ]
    assert parted({"da": danish}) == {"train": [("da", "tilbage"), ("da", "Til bage")], "valid": [], "test": []}


def test_a_text_of_two_languages_has_none() -> None:
    texts = {"da": [("Monday", "Januar"), ("Mon", "Mandag")], "sv": [("Back", "januar")]}
    assert parted(texts) == {"train": [("da", "Mandag")], "valid": [], "test": []}


def test_what_networks_cannot_see_past_makes_no_other_text() -> None:
    long = "x" * 64
    assert parted({"da": [("Monday", f"{long} ja"), ("Back", f"{long} nej")]})["valid"] == []


def test_nothing_of_a_program_is_left() -> None:
    assert cleaned("„<b>%(count)s</b> of {total}\n  files &amp; more”.") == "of files more"
