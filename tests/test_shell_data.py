"""The shell's commands on own data."""

import json
import os
from pathlib import Path

import pytest

from distill_core.__main__ import main
from tests.own_pictures import pictures, zipped
from tests.own_scenes import masked
from tests.own_tables import people, table_of


def test_the_shell_adds_lists_shows_and_removes(
    home: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = pictures(tmp_path_factory.mktemp("pets"), {"cat": 8, "dog": 8})
    assert main(["data", "list"]) == 0
    assert "no data of its own" in capsys.readouterr().out
    (folder / "dog" / "a.heic").write_bytes(b"x")
    assert main(["data", "add", "pets", str(folder), "--side", "16", "--licence", "mine"]) == 0
    assert "licence: mine" in capsys.readouterr().out
    assert main(["data", "list", "--json", "-"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["title"], listed["licence"], listed["images"]["side_px"]) == ("pets", "mine", 16)
    assert main(["example", "--task", listed["name"]]) == 0
    assert json.loads(capsys.readouterr().out)["task"] == listed["name"]
    assert main(["data", "show", "pets"]) == 0
    assert "dog/a.heic: HEIC" in capsys.readouterr().out
    assert main(["data", "add", "other", str(folder / "nowhere")]) == 2
    assert main(["data", "remove", "pets"]) == 0
    assert main(["data", "show", "pets"]) == 2
    assert "no own data called 'pets'" in capsys.readouterr().err
    assert os.listdir(home / "data" / "own") == [".lock"]
    assert os.listdir(folder)  # what was outside stays


def test_the_shell_takes_pictures_with_masks(
    home: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    path = zipped(tmp_path_factory.mktemp("in") / "in.zip", masked(20))
    assert main(["data", "add", "roads", str(path), "--masks", "--side", "16"]) == 0
    told = capsys.readouterr().out
    assert "20 scenes of 3 classes, 16 × 16 px" in told
    assert "a share of right pixels is known to about 57 points" in told
    assert main(["data", "add", "other", str(path), "--masks", "--side", "20"]) == 2
    assert "a multiple of 8" in capsys.readouterr().err


def test_the_shell_takes_a_table(
    home: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path_factory.mktemp("in") / "people.csv"
    rows = [[n, *row, "same"] for n, row in enumerate(people(60))]
    path.write_text(table_of([*rows, ["x"]], ("id", "age", "income", "city", "bought", "unit")), encoding="utf-8")
    command = ["data", "add", "people", str(path), "--table", "--label", "bought"]
    assert main([*command, "--leave-out", "id", "--leave-out", "age"]) == 0
    told = capsys.readouterr().out
    assert "60 rows of 2 classes" in told
    assert "income: numbers, 1000.5 to" in told
    assert "city: 3 categories" in told
    assert "id: left out, not wanted" in told
    assert "unit: left out, the same value in every row" in told
    assert "1 row was not taken" in told
    assert main(["data", "show", "people"]) == 0
    assert "row 62: a row with more or fewer columns" in capsys.readouterr().out
    assert main(["data", "add", "other", str(path), "--table"]) == 2
    assert "a column 'label', got the columns id, age" in capsys.readouterr().err
