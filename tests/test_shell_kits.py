"""The shell writes the kit of a run: a folder or a zip, whole or not at all."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from distill_core.__main__ import main
from distill_core.lab import Lab


def best(home: Path) -> str:
    lab = Lab.open(home)
    results = lab.reports.results([lab.jobs()[0].id])
    lab.close()
    students = results[results["role"] == "student"]
    return str(students.sort_values("valid_accuracy", ascending=False, kind="stable").iloc[0]["run_id"])


def test_a_run_and_an_experiment_s_best_student_become_a_folder(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, at = best(trained), ["--home", str(trained)]
    assert main(["jobs", "--json", "-", *at]) == 0
    job = json.loads(capsys.readouterr().out)[0]["job_id"]
    for word in (run, job):
        folder = tmp_path / "out" / word
        assert main(["export", word, str(folder), *at]) == 0
        told = capsys.readouterr().err
        assert f"run {run}: " in told
        assert "100 % finished" in told
        assert json.loads((folder / "reference" / "reference.json").read_text())["files"].keys() == {
            "network_float32.onnx",
            "ready_float32.onnx",
        }


def test_precisions_are_chosen_and_a_zip_is_one_file(trained: Path, tmp_path: Path) -> None:
    words = ["export", best(trained), str(tmp_path / "kit"), "--zip", "--precision", "int8, float16"]
    assert main([*words, "--home", str(trained)]) == 0
    with zipfile.ZipFile(tmp_path / "kit.zip") as packed:
        names = packed.namelist()
    assert {name.partition("/")[0] for name in names} == {names[0].partition("/")[0]}
    assert sorted(name.partition("/")[2] for name in names if name.endswith(".onnx")) == [
        *("network_float16.onnx", "network_int8.onnx"),
        *("ready_float16.onnx", "ready_int8.onnx"),
    ]
    assert main([*words, "--home", str(trained)]) == 2
    assert main([*words, "--home", str(trained), "--force"]) == 0


def test_a_zip_goes_to_standard_output(trained: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["export", best(trained), "-", "--zip", "--home", str(trained)]) == 0
    assert zipfile.ZipFile(io.BytesIO(capfdbinary.readouterr().out)).testzip() is None


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["0123456789abcdef", "NEW"], 2, "a run or an experiment: expected one of this home, got 0123456789abcdef"),
        (["../../etc/passwd", "NEW"], 2, "a run or an experiment: expected one of this home, got ../../etc/passwd"),
        (["RUN"], 2, "export: expected RUN DIR for a kit, or JOB... -o FILE for an archive, got RUN without -o"),
        (["RUN", "RUN", "NEW"], 2, "export: expected RUN DIR for a kit"),
        (["RUN", "FULL"], 2, "expected an empty one, got files"),
        (["RUN", "FULL/own.txt"], 2, "expected a folder, got a file"),
        (["RUN", "-"], 2, "a kit: expected a folder, got standard output; name a folder, or add --zip"),
        (["RUN", "NEW", "--precision", "float64"], 2, "a precision: expected float32, float16, int8, got 'float64'"),
        (["RUN", "-o", "NEW", "--zip"], 2, "an archive: expected experiments alone, got options of a kit"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    words: list[str], status: int, told: str, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, full = best(trained), tmp_path / "full"
    full.mkdir()
    (full / "own.txt").write_text("mine")
    given = [word.replace("RUN", run).replace("FULL", str(full)) for word in words]
    given = [str(tmp_path / "new" / "kit") if word == "NEW" else word for word in given]
    assert main(["export", *given, "--home", str(trained)]) == status
    assert told.replace("got RUN", f"got {run}") in capsys.readouterr().err
    assert [path.name for path in full.iterdir()] == ["own.txt"]
    assert not (tmp_path / "new").exists()


def test_a_run_whose_file_is_gone_is_told(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = best(trained)
    for file in trained.glob(f"runs/{run}/*.onnx"):
        file.unlink()
    assert main(["export", run, str(tmp_path / "kit"), "--home", str(trained)]) == 1
    assert "make it again" in capsys.readouterr().err
    assert not (tmp_path / "kit").exists()
