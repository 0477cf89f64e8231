"""No text that somebody named becomes a formula in somebody's spreadsheet: files, and tables saved with the toolbar."""

import ast
import csv
import io
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from ui import spreadsheet
from ui.spreadsheet import as_csv, no_formula, table

ROOT = Path(__file__).resolve().parents[2]
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫")
# Nothing of these is seen: controls, a soft hyphen, zero width, direction, a joiner, the mark of an encoding, spaces, a
# variation selector, a blank letter.
UNSEEN = "\x00\x1b\x7f\x85\u00ad\u200b\u200e\u202e\u2060\u2066\ufeff\u00a0\u2007\u202f\u3000\ufe0f\u3164\u2800"
NAMES = [
    *("=1+2", "+A1", "-A1", "@x", "\t=1+2", "\r=1+2", "\n=1+2", " =1+2", "x;=1+2;y", "x, \u200b=1+2"),
    *(f"{sign}A1" for sign in SIGNS[4:]),
    *(f"{unseen}{sign}A1" for unseen in UNSEEN for sign in "=＠"),
    f"{UNSEEN}-A1",
]
SEPARATORS = [",", ";", "\t", "|"]


def is_formula(cell: str) -> bool:
    kinds = ("C", "Z", "M")
    seen = [one for one in cell if unicodedata.category(one)[0] not in kinds and one not in "\u3164\u2800"]
    return seen[:1] != [] and seen[0] in SIGNS


def cells(data: str, separator: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(data, newline=""), delimiter=separator) for cell in row]


@pytest.mark.parametrize("excel", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_no_name_is_a_formula_however_a_file_is_parted(name: str, excel: bool) -> None:
    data = as_csv(pd.DataFrame({"student": [name], "ece": [0.5]}), excel=excel).decode("utf-8-sig")
    for separator in SEPARATORS:
        assert not [cell for cell in cells(data, separator) if is_formula(cell)]


@pytest.mark.parametrize("name", NAMES)
def test_no_table_of_a_page_holds_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[pd.DataFrame] = []
    monkeypatch.setattr(spreadsheet.st, "dataframe", lambda rows, **_: shown.append(rows))
    table(pd.DataFrame({"student": [name], name: [0.5]}))
    data = shown[0].to_csv(index=False)  # quotes what has to be, as the toolbar does
    for separator in SEPARATORS:
        assert not [cell for cell in cells(data, separator) if is_formula(cell)]


@pytest.mark.parametrize(
    "value",
    [
        "KD, T 4",
        "-1.5",
        "+9.4 ± 5.8 percentage points",
        "+6,1 %",
        "−3.2",
        "a=b",
        "3:1",
        "",
        "\u2060KD",
        "é",
        "👩‍💻 -1",
        None,
        -1.5,
        True,
        float("nan"),
    ],
)
def test_what_is_none_stays_as_it_is(value: object) -> None:
    assert no_formula(value) is value


@pytest.mark.parametrize("value", ["\tx", "\rx", "\nx", "\u200b\tx"])
def test_a_text_begins_with_no_blank_that_parts_cells(value: str) -> None:
    assert no_formula(value) == f"'{value}"


def test_a_number_and_a_command_is_no_number() -> None:
    assert no_formula("+1|calc!A1") == "'+1|calc!A1"
    assert no_formula("-1+cmd") == "'-1+cmd"


def test_numbers_stay_numbers_and_texts_are_in_quotes() -> None:
    rows = pd.DataFrame({"student": ["a;b", None], "points": [-2.5, None], "seeds": [3, 1]})
    assert as_csv(rows).decode().splitlines() == ['"student","points","seeds"', '"a;b",-2.5,3', '"","",1']
    assert pd.read_csv(io.BytesIO(as_csv(rows)))["points"].tolist()[0] == -2.5


def test_excel_in_german_reads_columns_and_numbers() -> None:
    rows = pd.DataFrame({"student": ["größer, 学生"], "points": [-2.5], "mixed": pd.Series([0.25], dtype=object)})
    data = as_csv(rows, excel=True)
    assert data.startswith("\ufeff".encode())
    found = pd.read_csv(io.BytesIO(data), sep=";", decimal=",")
    assert found.to_dict("records") == [{"student": "größer, 学生", "points": -2.5, "mixed": 0.25}]


def test_every_table_and_file_of_the_pages_goes_through_here() -> None:
    for path in [*ROOT.glob("ui/**/*.py"), *ROOT.glob("pages/*.py")]:
        calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        names = {call.attr for call in calls if isinstance(call, ast.Attribute)}
        assert path.name == "spreadsheet.py" or not names & {"dataframe", "data_editor", "to_csv"}, path
