"""Tables of texts and labels: what is read, what is mended, what is refused."""

from pathlib import Path

import numpy as np
import pytest

from distill_core.errors import InvalidSetting
from distill_core.tasks.own import csv_rows
from distill_core.tasks.own.csv_rows import table_bytes
from distill_core.tasks.own.description import OwnData
from distill_core.tasks.own.tasks import task_of
from distill_core.tasks.own.text_import import import_texts
from distill_core.tasks.splits import load_task

pytestmark = pytest.mark.anywhere


def lines(count: int = 10, *more: str) -> str:
    rows = [f"text {label} {number},{label}" for label in ("good", "bad") for number in range(count)]
    return "\n".join(["text,label", *rows, *more])


def read(folder: Path, data: str | bytes, **changes: str) -> dict:
    path = folder / "in.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    columns = {"text": "text", "label": "label", "encoding": "utf-8", **changes}
    return import_texts(path, folder, **columns, on_row=lambda number, total: None)


def reasons(found: dict) -> dict[str, str]:
    return {one["path"]: one["reason"] for one in found["refused"]}


def test_a_table_becomes_a_task(tmp_path: Path) -> None:
    found = read(tmp_path, lines(20))
    assert (found["classes"], found["counts"]) == (["bad", "good"], {"train": 28, "valid": 6, "test": 6})
    data = OwnData.of({**found, "title": "reviews"})
    task = task_of(data, tmp_path / "data.npz")
    parts = load_task(task, tmp_path, lambda event: None)
    assert sorted(parts.train.texts + parts.valid.texts + parts.test.texts)[0] == "text bad 0"
    assert all(task.classes[label] in text for text, label in zip(parts.test.texts, parts.test.labels_N, strict=True))
    assert task.dataset(task, parts.train).batch(np.arange(2)).shape == (2, 64)
    assert task.default is not None
    assert task.default.students[0].labels == 7


@pytest.mark.parametrize(
    ("data", "changes"),
    [
        (lines().replace(",", ";"), {}),
        (lines().replace(",", "\t"), {}),
        (b"\xef\xbb\xbf" + lines().encode(), {}),
        (lines().encode("utf-16"), {}),
        (lines().replace("text,label", "Text,LABEL").replace("\n", "\r\n"), {}),
        (lines().replace("text,label", "words,class"), {"text": "words", "label": "class"}),
        (lines().replace("good", "gut ü").encode("cp1252"), {"encoding": "cp1252"}),
    ],
)
def test_tables_of_all_programs_are_read(tmp_path: Path, data: str | bytes, changes: dict[str, str]) -> None:
    found = read(tmp_path, data, **changes)
    assert found["per_class"] == [10, 10]
    assert found["refused_count"] == 0


def test_rows_that_cannot_be_used_are_told_with_their_number(tmp_path: Path) -> None:
    more = (",good", "a text,", "one,two,three", "text good 1,good", "same,good", "same,bad", "rare,rare")
    found = read(tmp_path, lines(10, *more))
    assert reasons(found) == {
        "22": "empty_text",
        "23": "empty_label",
        "24": "columns",
        "25": "twice",
        "26": "two_classes",
        "27": "two_classes",
        "28": "few",
    }
    assert found["twice"] == 1


def test_parts_that_a_column_tells_are_kept(tmp_path: Path) -> None:
    rows = [f"{name} {n},{name},{'train' if n < 8 else 'test'}" for name in ("a", "b") for n in range(10)]
    found = read(tmp_path, "\n".join(["text,label,part", *rows]))
    assert found["given_parts"] == ["train", "test"]
    assert found["counts"] == {"train": 14, "valid": 2, "test": 4}


def test_formulas_and_control_characters_are_letters(tmp_path: Path) -> None:
    rows = [f'"=cmd|{n}\x00\x1b[31m\nnext",=1+{n % 2}' for n in range(20)]
    found = read(tmp_path, "\n".join(["text,label", *rows]))
    assert found["classes"] == ["＝1+0", "＝1+1"]
    with np.load(tmp_path / "data.npz") as arrays:
        assert b"\x00" not in arrays["train_bytes"].tobytes()
        assert arrays["train_bytes"].tobytes().startswith(b"=cmd|")


@pytest.mark.parametrize(
    ("data", "changes", "why"),
    [
        ("", {}, "a column 'text'"),
        (lines().replace("text,label", "a,b"), {}, "a column 'text', got the columns a, b; name one of these"),
        (lines().replace("good", "gut ü").encode("cp1252"), {}, "a text in utf-8.*cp1252 for western"),
        (lines(), {"encoding": "utf-7"}, "an encoding of utf-8"),
        (lines(5), {}, "2 to 200 classes"),
        ("text,label\n" + "\n".join(f"{n},{n}" for n in range(300)), {}, "2 to 200 classes, got 300"),
        ("text,label\n" + f'"{"x" * 2_000_000}",a', {}, "a table that can be read"),
        (",".join(["text", "label", *(f"c{n}" for n in range(600))]), {}, "at most 500 columns"),
        (bytes(range(256)) * 10, {}, "a text in utf-8"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, data: str | bytes, changes: dict[str, str], why: str) -> None:
    with pytest.raises(InvalidSetting, match=why):
        read(tmp_path, data, **changes)


def test_too_many_rows_and_bytes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "MOST_ROWS", 19)
    with pytest.raises(InvalidSetting, match="at most 19 rows"):
        read(tmp_path, lines())
    monkeypatch.setattr(csv_rows, "MOST_BYTES", 100)
    with pytest.raises(InvalidSetting, match="at most 0 MB"):
        table_bytes(tmp_path / "in.csv")
