"""Tables of numbers and categories: what is read, how kinds are told, what is refused."""

from pathlib import Path

import numpy as np
import pytest

from distill_core.errors import InvalidSetting
from distill_core.tasks.own import table_import
from distill_core.tasks.own.columns import decimal_mark, found_column, is_missing, names_of, number_of
from distill_core.tasks.own.description import OwnData
from distill_core.tasks.own.row_parts import parted_rows
from distill_core.tasks.own.table_import import look_at_table
from distill_core.tasks.own.tasks import task_of
from distill_core.tasks.splits import load_task
from tests.own_tables import HEADER, flowers, people, read, table_of, table_task

pytestmark = pytest.mark.anywhere


def reasons(found: dict) -> dict[str, str]:
    return {one["path"]: one["reason"] for one in found["refused"]}


def left_out(found: dict) -> dict[str, str]:
    return {one["name"]: one["reason"] for one in found["table"]["left_out"]}


def test_a_table_becomes_a_task(tmp_path: Path) -> None:
    found = read(tmp_path, table_of(people(100)))
    assert (found["classes"], found["counts"]) == (["no", "yes"], {"train": 70, "valid": 15, "test": 15})
    assert (found["refused"], found["table"]["left_out"]) == ([], [])
    age, income, city = found["table"]["columns"]
    assert (age["name"], age["missing"], income["missing"] > 0) == ("age", 0, True)
    assert set(city["categories"]) == {"Wien", "東京", "São Paulo"}
    data = OwnData.of({**found, "title": "people"})
    task = task_of(data, tmp_path / "data.npz")
    parts = load_task(task, tmp_path, lambda event: None)
    rows = task.dataset(task, parts.train)
    assert rows.batch(np.arange(2), np.arange(2)).shape == (2, 3)
    assert task.input.columns[2].categories == 3
    assert task.input.columns[0].mean == pytest.approx(parts.train.values_NC[:, 0].mean())
    assert task.default is not None
    assert (task.default.students[0].architecture, task.default.students[0].labels) == ("mlp", 17)


def test_statistics_are_those_of_the_training_part(tmp_path: Path) -> None:
    rows = [
        [*row[:2], "Rom" if part == "test" else row[2], row[3], part]
        for row, part in zip(people(60), ["train"] * 40 + ["valid"] * 10 + ["test"] * 10, strict=True)
    ]
    rows[-1][0] = "1e9"
    found = read(tmp_path, table_of(rows, (*HEADER, "part")))
    assert found["given_parts"] == ["train", "valid", "test"]
    age, _, city = found["table"]["columns"]
    assert age["mean"] < 100
    assert "Rom" not in city["categories"]
    task = task_of(OwnData.of({**found, "title": "people"}), tmp_path / "data.npz")
    test = load_task(task, tmp_path, lambda event: None).test
    assert np.isnan(test.values_NC[:, 2]).all()


@pytest.mark.parametrize(
    ("data", "changes"),
    [
        (table_of(people(), delimiter=";"), {}),
        (table_of(people(), delimiter="\t"), {}),
        ("\ufeff" + table_of(people()), {}),
        (table_of(people()).encode("utf-16"), {}),
        (table_of(people(), ("Alter", "Einkommen", "Ort", "Klasse")), {"label": "klasse"}),
        (table_of([[*row[:1], row[1].replace(".", ","), *row[2:]] for row in people()], delimiter=";"), {}),
    ],
)
def test_tables_of_all_programs_are_read_alike(tmp_path: Path, data: str | bytes, changes: dict) -> None:
    found = read(tmp_path, data, **changes)
    assert (found["per_class"], found["refused_count"]) == ([20, 20], 0)
    assert found["table"]["columns"][1]["low"] > 1000
    assert [bool(column.get("categories")) for column in found["table"]["columns"]] == [False, False, True]


def test_rows_that_cannot_be_used_are_told_with_their_number(tmp_path: Path) -> None:
    more = [["21", "2", "Wien", ""], ["old", "2", "Wien", "no"], ["21", "2"], ["21", "3", "Wien", "rare"]]
    found = read(tmp_path, table_of([*people(), *more]))
    assert reasons(found) == {"42": "empty_label", "43": "no_number", "44": "columns", "45": "few"}


def test_columns_that_cannot_help_are_left_out_with_the_reason(tmp_path: Path) -> None:
    rows = [[*row[:3], "same", "", f"name {n} of a person", "12", row[3]] for n, row in enumerate(people(130))]
    header = (*HEADER[:3], "constant", "empty", "text", "chosen", "label")
    found = read(tmp_path, table_of(rows, header), left_out=("chosen",))
    assert left_out(found) == {"constant": "constant", "empty": "empty", "text": "many", "chosen": "chosen"}
    assert len(found["table"]["columns"]) == 3


def test_numbers_may_be_names(tmp_path: Path) -> None:
    found = read(tmp_path, table_of(people(100)), categories=("age",))
    assert found["table"]["columns"][0]["categories"][:2] == ["20", "22"]


def test_equal_rows_are_in_one_part_and_none_is_lost() -> None:
    keys = [b"%d" % (n // 2) for n in range(80)]
    split = parted_rows(keys, [int(n > 40) ^ int(n % 10 == 0) for n in range(80)], [None] * 80)
    assert not split.reasons
    assert all(split.part_N[n] == split.part_N[n + 1] for n in range(0, 80, 2))


def test_of_equal_rows_in_several_given_parts_the_test_keeps_its_own() -> None:
    keys = [b"%d" % n for n in range(60)] + [b"50", b"50"]
    given = [*["train"] * 40, *["valid"] * 10, *["test"] * 10, "train", "test"]
    split = parted_rows(keys, [n % 2 for n in range(62)], given)  # type: ignore[arg-type]
    assert split.reasons == {60: "twice"}
    assert (split.part_N[50], split.part_N[61]) == ("test", "test")


@pytest.mark.parametrize(
    ("rows", "header", "chosen", "message"),
    [
        ([["1", "a"]] * 3, ("x", "y"), {}, "a column 'label', got the columns x, y"),
        ([[f"{n}", "", "Wien", f"{n / 7}"] for n in range(300)], HEADER, {}, "2 to 200 classes, got 300"),
        ([["1", "2", "Wien", "a"]] * 20, HEADER, {}, "2 to 200 classes, got 1"),
        ([["1", "2", "Wien", "ab"[n % 2]] for n in range(40)], HEADER, {}, "1 to 200 columns beside the labels, got n"),
        (people(), HEADER, {"left_out": ("name",)}, "a column 'name', got none that is called so"),
        (
            [[*(f"{n * m}" for m in range(1, 251)), "ab"[n % 2]] for n in range(40)],
            (*(f"c{m}" for m in range(250)), "label"),
            {},
            "1 to 200 columns beside the labels, got 250",
        ),
        ([], tuple(f"c{m}" for m in range(600)), {}, "at most 500 columns, got 600"),
    ],
)
def test_what_makes_no_task_is_a_clear_sentence(
    tmp_path: Path, rows: list, header: tuple, chosen: dict, message: str
) -> None:
    with pytest.raises(InvalidSetting, match=message) as error:
        read(tmp_path, table_of(rows, header), **chosen)
    assert "nothing was kept" in str(error.value)


def test_ten_thousand_labels_are_no_classes(tmp_path: Path) -> None:
    rows = [["1", f"{n}"] for n in range(10_000)]
    with pytest.raises(InvalidSetting, match=r"got 10000.*choose a column that holds few classes"):
        read(tmp_path, table_of(rows, ("x", "label")))


def test_too_many_categories_in_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_import, "MOST_PREPARED", 4)
    with pytest.raises(InvalidSetting, match="at most 4 numbers and categories in all columns, got 5"):
        read(tmp_path, table_of(people()))


def test_formulas_and_controls_come_as_letters(tmp_path: Path) -> None:
    rows = [[*row[:2], "=HYPERLINK(1)" if n % 2 else "a\0b", row[3]] for n, row in enumerate(people())]
    found = read(tmp_path, table_of(rows))
    assert set(found["table"]["columns"][2]["categories"]) == {"＝HYPERLINK(1)", "a b"}
    assert not any("=" in name for name in found["table"]["columns"][2]["categories"])


@pytest.mark.parametrize(
    ("cell", "decimal", "number"),
    [
        ("1.5", ".", 1.5),
        (" -2 ", ".", -2.0),
        ("\u22123", ".", -3.0),
        (".5e-3", ".", 0.0005),
        ("1,234.5", ".", 1234.5),
        ("1,5", ",", 1.5),
        ("1.234.567,5", ",", 1234567.5),
    ],
)
def test_numbers_are_read(cell: str, decimal: str, number: float) -> None:
    assert number_of(cell, decimal) == number


@pytest.mark.parametrize(
    "cell", ["", "1,5", "1_000", "nan", "inf", "1e99", "1e999", "=1+1", "12 kg", "٣", "0x10", "--1"]
)
def test_what_is_no_number_is_none(cell: str) -> None:
    assert np.isnan(number_of(cell, "."))


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["1,5", "2"], ","),
        (["1,5", "2.5"], "."),
        (["1,234", "5"], "."),
        (["1.234", "0,5"], ","),
        (["1", "2"], "."),
    ],
)
def test_the_decimal_mark_is_found(cells: list[str], mark: str) -> None:
    assert decimal_mark([cells]) == mark


def test_what_a_column_seems_to_hold() -> None:
    found = found_column("x", ["1", "2", "3", "?", "", "n/a"], ".")
    assert (found.holds, found.values, found.missing, found.told) == ("number", 3, 3, ("1", "3"))
    assert found_column("x", ["1", "2", "a"] * 9, ".").holds == "category"
    assert found_column("x", ["5"] * 9, ".").holds == "constant"
    assert found_column("x", [""], ".").holds == "empty"
    assert found_column("x", [f"a{n}" for n in range(101)], ".").holds == "many"
    assert found_column("x", ["1", "2"], ".", category=True).holds == "category"
    assert is_missing(" NaN ")
    assert names_of(["a", "", "a"]) == ["a", "column 2", "a (3)"]


def test_a_look_at_a_table_of_a_library(tmp_path: Path) -> None:
    path = flowers(tmp_path / "wine.csv")
    found = look_at_table(path, encoding="utf-8", decimal="", categories=())
    assert (found["rows"], found["decimal"], len(found["columns"])) == (178, ".", 14)
    assert [column["holds"] for column in found["columns"]] == [*["number"] * 13, "category"]


def test_equal_tables_are_one_task(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    assert table_task(tmp_path / "a").name == table_task(tmp_path / "b").name
    other = read(tmp_path / "c", table_of(people(), ("Age", *HEADER[1:])))
    assert OwnData.of({**other, "title": "people"}).name != table_task(tmp_path / "a").name
