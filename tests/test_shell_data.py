"""The shell's commands on own data."""

import json
import os
from pathlib import Path

import pytest

from distill_core.__main__ import main
from tests.own_pictures import pictures, zipped
from tests.own_scenes import masked


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
