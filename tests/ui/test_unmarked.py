"""Sentences in Markdown as plain text."""

import pytest

from ui.text import words
from ui.text.unmarked import unmarked


@pytest.mark.parametrize("name", ["KD", "a*b_c", "<b>x</b> & co", "$x^2$ costs $5", "[x](y)", "back\\slash", "**x**"])
def test_a_name_comes_back_letter_for_letter(name: str) -> None:
    assert unmarked(f"**{words.plain(name)}** gains [5 points](https://example.org).") == f"{name} gains 5 points."
