"""Files by class and part, names in any script, and the parts that are drawn."""

import unicodedata

import pytest

from distill_core.errors import InvalidSetting
from distill_core.tasks.own.class_folders import sort_files
from distill_core.tasks.own.names import in_order, shown
from distill_core.tasks.own.sources import Found
from distill_core.tasks.own.splitting import parted

pytestmark = pytest.mark.anywhere


def found(*paths: str) -> list[Found]:
    return [Found(tuple(path.split("/")), number) for number, path in enumerate(paths)]


def test_a_class_is_a_folder() -> None:
    sorted_ = sort_files(found("10/a.jpg", "2/b.JPG", "2/deep/er/c.jpg", "2/notes.txt", "top.jpg"), {".jpg"})
    assert sorted_.classes == ("2", "10")
    assert [(file.found.path[-1], file.label, file.part) for file in sorted_.files] == [
        ("a.jpg", 1, None),
        ("b.JPG", 0, None),
        ("c.jpg", 0, None),
    ]
    assert [(one.path, one.reason) for one in sorted_.refused] == [("2/notes.txt", "ending"), ("top.jpg", "no_class")]


def test_parts_and_a_folder_around_all_are_seen() -> None:
    sorted_ = sort_files(found("pets/Train/cat/1.jpg", "pets/Train/dog/1.jpg", "pets/val/cat/2.jpg"), {".jpg"})
    assert sorted_.classes == ("cat", "dog")
    assert [file.part for file in sorted_.files] == ["train", "train", "valid"]


def test_classes_that_are_called_like_parts_are_classes() -> None:
    assert sort_files(found("test/1.jpg", "train/1.jpg"), {".jpg"}).classes == ("test", "train")


def test_composed_and_decomposed_names_are_one_class() -> None:
    decomposed = unicodedata.normalize("NFD", "Äpfel")
    assert sort_files(found("Äpfel/1.jpg", f"{decomposed}/2.jpg", "猫/1.jpg"), {".jpg"}).classes == (
        "äpfel".title(),
        "猫",
    )


@pytest.mark.parametrize("paths", [["a/1.jpg"], ["1.jpg", "2.jpg"], [], [f"{n}/1.jpg" for n in range(201)]])
def test_too_few_and_too_many_classes_are_refused(paths: list[str]) -> None:
    with pytest.raises(InvalidSetting, match="expected 2 to 200 classes"):
        sort_files(found(*paths), {".jpg"})


def test_unread_files_have_their_own_reasons() -> None:
    sorted_ = sort_files(found("a/1.jpg", "b/1.jpg", "a/2.heic", "a/3.zip"), {".jpg"})
    assert [one.reason for one in sorted_.refused] == ["heic", "nested"]


NAMES = {
    "golden_retriever": "golden_retriever",
    "_private_": "＿private＿",
    "$x^2$ <b>": "＄x＾2＄ ＜b＞",
    ":red[hot] %{y}": "：red［hot］ ％｛y｝",
    "a\x00b\x1b[31m\u202ec\nd": "a b ［31mc d",
    "=1+2": "＝1+2",
    "  학생  ": "학생",
    "\udc80": "\ufffd",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_can_be_shown_anywhere(name: str) -> None:
    assert shown(name) == NAMES[name]
    assert shown(NAMES[name]) == NAMES[name]


def test_what_has_no_letters_is_empty_and_what_is_long_is_cut() -> None:
    assert shown("\x00\u200b ") == ""
    assert len(shown("x" * 1_000)) == 64


def test_numbers_are_in_their_order() -> None:
    assert sorted(["b", "10", "9", "A", "a10", "a9"], key=in_order) == ["9", "10", "A", "a9", "a10", "b"]


def keys(*letters: str) -> list[bytes]:
    return [letter.encode() for letter in letters]


def test_parts_are_drawn_of_each_class() -> None:
    split = parted([str(n).encode() for n in range(140)], [0] * 100 + [1] * 40, [None] * 140)
    assert [split.part_N[:100].count(part) for part in ("train", "valid", "test")] == [70, 15, 15]
    assert [split.part_N[100:].count(part) for part in ("train", "valid", "test")] == [28, 6, 6]
    assert split == parted([str(n).encode() for n in range(140)], [0] * 100 + [1] * 40, [None] * 140)


def test_a_twin_stays_in_the_test_alone() -> None:
    names = [f"a{n}" for n in range(8)]
    split = parted(keys(*names, "x", "x", "y"), [0] * 11, [*["train"] * 8, "train", "test", "valid"])
    assert split.part_N[8:] == ["", "test", "valid"]
    assert split.reasons == {8: "twice"}


def test_the_same_in_two_classes_is_in_none() -> None:
    split = parted(keys("x", "x", *(f"a{n}" for n in range(16))), [0, 1, *[0] * 8, *[1] * 8], [None] * 18)
    assert split.reasons == {0: "two_classes", 1: "two_classes"}
    assert split.classes == (0, 1)


def test_a_class_with_too_few_is_left_out() -> None:
    split = parted(keys(*(f"a{n}" for n in range(15))), [0] * 8 + [1] * 7, [None] * 15)
    assert (split.classes, split.part_N[8:]) == ((0,), [""] * 7)
    assert set(split.reasons.values()) == {"few"}


def test_a_class_that_the_given_test_lacks_is_left_out() -> None:
    split = parted(
        keys(*(f"a{n}" for n in range(20))), [0] * 10 + [1] * 10, [*["train"] * 8, *["test"] * 2, *["train"] * 10]
    )
    assert split.classes == (0,)
