"""What a kit holds, what it refuses, and what is left after a failure."""

import dataclasses
import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from distill_core.deployment.kit.build import Kit, as_zip, build_kit, write_folder
from distill_core.deployment.kit.known_to_run import measured
from distill_core.errors import ExportMismatch, InvalidSetting, StorageFailed
from tests.kits import KINDS, kit, source

SMALL = Kit(files={"a.txt": b"a", "inner/b.bin": b"b"}, checked=())


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_is_held_against_the_lab_s_answers(kind: str) -> None:
    for file in kit(kind).checked:
        assert file.count
        if file.precision == "float32":
            assert (file.same, file.difference < 1e-3) == (file.count, True)
    assert {"MODEL_CARD.md", "check.py", "example.py", "specification.json", "reference/reference.json"} <= {
        *kit(kind).files
    }


def test_a_file_that_answers_otherwise_than_the_lab_is_no_kit() -> None:
    known = source("image")
    wrong = dataclasses.replace(known, logits_N=known.logits_N + np.float32(0.1))
    with pytest.raises(ExportMismatch, match="kit of run 0123456789abcdef: expected the lab's own answers"):
        build_kit(wrong)


def test_answers_that_are_not_kept_are_told() -> None:
    made = build_kit(dataclasses.replace(source("text"), logits_N=None))
    assert "not kept by the lab" in made.files["MODEL_CARD.md"].decode()


@pytest.mark.parametrize(
    ("own", "wanted", "told"),
    [
        ("float32", ["float64"], "a precision: expected float32, float16, int8, got 'float64'"),
        ("int8", ["float32"], "a file in float32: expected a run in float32, got a run whose file is in int8"),
        ("float16", ["float16", "int8"], "a file in int8: expected a run in float32"),
    ],
)
def test_a_precision_that_a_run_does_not_have_is_refused(own: str, wanted: list[str], told: str) -> None:
    with pytest.raises(InvalidSetting, match=told):
        build_kit(dataclasses.replace(source("image"), own=own), wanted)


def test_the_card_says_names_letter_for_letter() -> None:
    told = kit("image").files["MODEL_CARD.md"].decode()
    assert told.startswith("# KD, \\<all\\> \\| \\*images\\*\n")
    assert "run `0123456789abcdef`, seed 3" in told.replace("| Run | ", "run ")
    assert "Not tested" in told


def test_the_card_says_where_files_of_its_kind_run() -> None:
    told = kit("image").files["MODEL_CARD.md"].decode()
    for engine in ("OpenVINO", "OpenCV dnn"):
        assert f"| {engine} | " in told
    assert {row["answers"] for row in measured()} <= {"the same", "other ones", "does not run it", "ends the process"}


def test_a_zip_has_one_folder_and_equal_kits_have_equal_bytes() -> None:
    data = as_zip(SMALL, "kd_seed0")
    assert data == as_zip(SMALL, "kd_seed0")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.namelist() == ["kd_seed0/a.txt", "kd_seed0/inner/b.bin"]
        assert packed.testzip() is None


def test_a_folder_is_written_whole(tmp_path: Path) -> None:
    for folder in (tmp_path / "new" / "kit", tmp_path / "empty"):
        if folder.name == "empty":
            folder.mkdir()
        write_folder(SMALL, folder)
        assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == {*SMALL.files}
    assert not list(tmp_path.glob("**/*.part"))


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("mine")
    with pytest.raises(InvalidSetting, match="expected an empty one, got files"):
        write_folder(SMALL, tmp_path)
    with pytest.raises(InvalidSetting, match="expected a folder, got a file"):
        write_folder(SMALL, tmp_path / "own.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["own.txt"]


def test_a_disk_that_refuses_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StorageFailed, match="No space left"):
        write_folder(SMALL, tmp_path / "kit")
    assert not list(tmp_path.iterdir())
