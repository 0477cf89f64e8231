"""The texts of twenty languages that ship."""

import re

import numpy as np
import pytest

from distill_core.tasks.text.languages import COUNTS, LANGUAGES, PARTS, read_parts
from distill_core.tasks.text.tokens import tokens

pytestmark = pytest.mark.anywhere

LEFT = re.compile(r"%\(|%s|\{\w|</?\w+>|&amp;|https?://\w")


@pytest.mark.parametrize(
    ("part", "count", "fewest", "most"),
    [("train", 9_511, 415, 522), ("valid", 2_044, 90, 118), ("test", 2_027, 91, 119)],
)
def test_each_language_has_its_share_of_each_part(part: str, count: int, fewest: int, most: int) -> None:
    texts = read_parts()[part]
    labels = np.bincount(texts.labels_N, minlength=len(LANGUAGES))
    assert (len(texts), getattr(COUNTS, part)) == (count, count)
    assert (labels.min(), labels.max()) == (fewest, most)


def test_no_text_is_in_two_parts_or_languages() -> None:
    parts = read_parts()
    texts = [text for part in PARTS for text in parts[part].texts]
    assert (
        len({text.lower() for text in texts}) == len({row.tobytes() for row in tokens(texts)}) == len(texts) == 13_582
    )


def test_no_text_is_one_of_another_part_but_for_signs() -> None:
    """ "Server error" for training and "Server error (500)" for the test are one text."""
    letters = [
        {row.tobytes() for row in tokens(["".join(filter(str.isalpha, text.lower())) for text in part.texts])}
        for part in read_parts().values()
    ]
    assert len(set.union(*letters)) == sum(map(len, letters))


def test_nothing_is_left_of_a_program() -> None:
    """No placeholders, tags, entities or links, which would be the same in all languages."""
    for part in read_parts().values():
        for text in part.texts:
            assert not LEFT.search(text), text
            assert text == " ".join(text.split())
            assert sum(map(str.isalpha, text)) >= 2


def test_a_text_has_its_language() -> None:
    train = read_parts()["train"]
    known = {text: tuple(LANGUAGES)[label] for text, label in zip(train.texts, train.labels_N, strict=True)}
    wanted = {"Bestemmer at denne bruger har alle rettigheder uden at tildele dem eksplicit": "da", "月曜日": "ja"}
    assert {text: known[text] for text in wanted} == wanted
