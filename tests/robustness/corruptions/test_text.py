"""Corruptions of texts: valid UTF-8 in all scripts, further away with each severity, and by hand."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from distill_core.errors import InvalidSetting
from distill_core.robustness.corruptions import CORRUPTIONS, SEVERITIES, corrupted_texts, corruptions_of
from distill_core.robustness.corruptions.letters import look_alike, neighbours, other_case, without_accent
from distill_core.tasks import TASKS, null_sink
from distill_core.tasks.text.texts import LabelledTexts
from distill_core.tasks.text.tokens import tokens, utf8

LANGUAGES = TASKS.get("languages")
NAMES = tuple(one.name for one in corruptions_of(LANGUAGES))
ODD = ("", "a", "é", " ", "  ", "日本", "👩‍👩‍👧", "e\u0301e\u0301", "ß", "\ud800x", "مرحبا", "x" * 3000, "İı", "ﬁ")


@pytest.fixture(scope="module")
def test_texts(tmp_path_factory: pytest.TempPathFactory) -> LabelledTexts:
    whole = LANGUAGES.load(tmp_path_factory.mktemp("home"), null_sink).test
    return LabelledTexts(whole.texts[::7], whole.labels_N[::7])


def labelled(*texts: str) -> LabelledTexts:
    return LabelledTexts(texts, np.zeros(len(texts), np.int64))


def distance(first: str, second: str) -> int:
    """Pairs of bytes that only one of them has."""
    pairs = [Counter(pairwise(utf8(text))) for text in (first, second)]
    return ((pairs[0] - pairs[1]) + (pairs[1] - pairs[0])).total()


def test_nine_are_for_texts() -> None:
    assert len(NAMES) == 9
    assert all(CORRUPTIONS.get(name).kind == "text" for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_severity_is_further_away_and_labels_stay(name: str, test_texts: LabelledTexts) -> None:
    distances = []
    for severity in SEVERITIES:
        changed = corrupted_texts(test_texts, name, severity, seed=0)
        assert changed.labels_N is test_texts.labels_N
        pairs = zip(test_texts.texts, changed.texts, strict=True)
        distances.append(sum(distance(text, other) for text, other in pairs))
    assert distances[0] > 0
    assert all(low < high for low, high in pairwise(distances)), distances


@pytest.mark.parametrize("name", NAMES)
def test_what_comes_out_is_whole_characters_of_a_text_that_is_not_empty(name: str) -> None:
    for severity in SEVERITIES:
        changed = corrupted_texts(labelled(*ODD), name, severity, seed=1).texts
        assert [bool(text) for text in changed] == [bool(text) for text in ODD]
        for text in changed:
            assert utf8(text).decode() == text.replace("\ud800", "\ufffd")
        found = tokens(changed)
        assert ((found >= 0) & (found <= 256)).all()
        for row in found:
            bytes(row[row > 0].astype(np.uint8) - 1).decode()  # which raises where a character is cut


@pytest.mark.parametrize("name", NAMES)
def test_a_text_does_not_depend_on_the_others_but_on_seed_and_place(name: str, test_texts: LabelledTexts) -> None:
    together = corrupted_texts(test_texts, name, 4, seed=2).texts
    alone = corrupted_texts(labelled(test_texts.texts[5]), name, 4, seed=2, places_N=np.array([5])).texts
    assert alone == together[5:6]
    assert corrupted_texts(test_texts, name, 4, seed=2).texts == together
    drawn = name != "truncated"
    assert (corrupted_texts(test_texts, name, 4, seed=3).texts != together) == drawn


def test_none_at_all_is_no_error() -> None:
    assert all(corrupted_texts(labelled(), name, 5, seed=0).texts == () for name in NAMES)


def test_letters_by_hand() -> None:
    assert set(neighbours("g")) == set("fhtyvb") | set()
    assert set(neighbours("q")) == set("wa")
    assert (neighbours("ц")[:2], neighbours("日"), neighbours("é")) == ("йу", "", "")
    assert [without_accent(letter) for letter in "éйがøñ한a"] == [*"eиかøn한a"]
    assert [other_case(letter) for letter in "aÄßя1"] == [*"Aäß" + "Я1"]
    assert [utf8(look_alike(letter)).hex() for letter in "aа"] == ["d0b0", "61"]
    assert look_alike("z") == "z"


def test_texts_by_hand() -> None:
    one = labelled("Guten Tag")
    assert corrupted_texts(one, "letter_case", 5, seed=0).texts == ("gUTEN tAG",)
    assert corrupted_texts(one, "truncated", 3, seed=0).texts == ("Gute",)
    (words,) = corrupted_texts(one, "foreign_words", 2, seed=0).texts
    assert len(words.split(" ")) == 4
    assert [word for word in words.split(" ") if word in ("Guten", "Tag")] == ["Guten", "Tag"]


def test_what_is_for_others_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="a corruption: expected one of kind text, got snow, of image"):
        corrupted_texts(labelled("a"), "snow", 1, seed=0)
