"""Texts as tokens, and the runs of them that are views."""

import numpy as np
import pytest

from distill_core.tasks.splits import sha256_of
from distill_core.tasks.text.texts import InMemoryTexts, LabelledTexts, left_off
from distill_core.tasks.text.tokens import INPUT, LENGTH, VOCABULARY, tokens

pytestmark = pytest.mark.anywhere


def part_of(*texts: str) -> LabelledTexts:
    return LabelledTexts(texts, np.arange(len(texts), dtype=np.int64))


def dataset(*texts: str, data_seed: int = 0) -> InMemoryTexts:
    return InMemoryTexts(None, part_of(*texts), data_seed=data_seed)  # type: ignore[arg-type]


def text_of(tokens_L: np.ndarray) -> str:
    return bytes(int(token) - 1 for token in tokens_L if token).decode()


def test_bytes_are_tokens_and_zero_is_padding() -> None:
    (row_L,) = tokens(["é a"], 6)
    assert row_L.tolist() == [0xC3 + 1, 0xA9 + 1, 33, 98, 0, 0]
    assert tokens([]).shape == (0, LENGTH)
    assert (tokens([""]) == 0).all()
    assert (INPUT.shape, INPUT.vocabulary) == ((64,), 257)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a" * 70, "a" * 64),
        ("a" * 63 + "é", "a" * 63),
        ("a" * 62 + "é" + "b", "a" * 62 + "é"),
        ("日本語" * 9, ("日本語" * 9)[:21]),
        ("😀" * 17, "😀" * 16),
        ("a" * 61 + "😀", "a" * 61),
    ],
)
def test_a_text_is_cut_between_two_characters(text: str, kept: str) -> None:
    assert text_of(tokens([text])[0]) == kept
    assert text_of(dataset(text).batch(np.array([0]))[0].numpy()) == kept


def test_half_of_a_pair_is_what_browsers_write_for_it() -> None:
    assert text_of(tokens(["a\ud83db"])[0]) == "a\ufffdb"


def test_no_byte_is_outside_of_the_vocabulary() -> None:
    assert tokens(["".join(map(chr, range(0x20, 0x60)))]).max() < VOCABULARY


def test_a_view_is_a_run_of_characters_that_follows_from_seed_example_and_number() -> None:
    texts = ("Save and add another", "Сохранить и добавить", "保存して一つ追加", "abc", "ä")
    data, examples_B, views_B = dataset(*texts), np.tile(np.arange(5), 40), np.repeat(np.arange(40), 5)
    batch = data.batch(examples_B, views_B).numpy()
    seen = [text_of(row_L) for row_L in batch]
    assert all(run and run in texts[i % 5] for i, run in enumerate(seen))
    assert {run for run in seen if run in ("abc", "ä")} == {"abc", "ä"}
    assert len(set(seen[0::5])) > 15
    shortest = min(seen[0::5], key=len)
    assert 4 <= len(shortest) < len(texts[0])
    # Nobody beside it changes a view; another data seed does.
    again = data.batch(examples_B[::-1].copy(), views_B[::-1].copy()).numpy()[::-1]
    assert (again == batch).all()
    assert (data.seeded(1).batch(examples_B, views_B).numpy() != batch).any()


def test_a_view_may_show_what_the_whole_text_has_no_room_for() -> None:
    data = dataset("a" * 60 + "b" * 60)
    runs = {text_of(row_L) for row_L in data.batch(np.zeros(40, np.int64), np.arange(40)).numpy()}
    assert all(len(run) <= LENGTH for run in runs)
    assert any(run.count("b") > 4 for run in runs)


def test_at_most_two_fifths_go_at_each_end_and_three_bytes_stay() -> None:
    bytes_B = np.repeat([1, 3, 4, 10, 100], 2_000)
    bits_B = np.random.default_rng(0).integers(0, 2**64, len(bytes_B), dtype=np.uint64, endpoint=False)
    front_B, back_B = left_off(bytes_B, bits_B)
    assert (front_B <= bytes_B * 0.4).all()
    assert (back_B <= bytes_B * 0.4).all()
    assert (bytes_B - front_B - back_B >= np.minimum(bytes_B, 3)).all()
    whole = (front_B + back_B == 0)[bytes_B == 100].mean()
    assert whole == pytest.approx(0.3, abs=0.04)
    assert set(front_B[bytes_B == 10].tolist()) == {0, 1, 2, 3, 4}


def test_the_hash_knows_where_a_text_ends() -> None:
    hashes = {part_of(*texts).content_hash() for texts in (("ab", "c"), ("a", "bc"), ("ab", "d"))}
    assert len(hashes) == 3
    assert sha256_of(np.zeros(1)) not in hashes
