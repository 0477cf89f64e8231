"""The shell on stored networks: compressed, and tested on disturbed images."""

import csv
import functools
import io
import json
from pathlib import Path

import pytest

from distill_core.__main__ import main
from distill_core.lab import Lab
from distill_core.shell.chains import chain_of
from distill_core.templates.compression_chain import default_chain
from distill_core.templates.presets import TEACHER
from tests.quick import QUICK_TIMER


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lab, "open", functools.partial(Lab.open, timer=QUICK_TIMER))
    monkeypatch.setattr(Lab, "busy", lambda lab: None)


def shown(home: Path, capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, object]]:
    """The objects that a command prints."""
    assert main([*words, "--home", str(home), "--json", "-"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_run_and_the_best_student_of_an_experiment_are_compressed(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (job,) = shown(trained, capsys, "jobs")
    runs = shown(trained, capsys, "show", str(job["job_id"]))
    students = [run for run in runs if run["role"] == "student"]
    best = max(students, key=lambda run: float(str(run["valid_accuracy"])))
    table = tmp_path / "chain.csv"
    few = ["--updates", "2", "--no-controls", "--csv", str(table), "--home", str(trained)]
    assert main(["compress", str(job["job_id"]), "float16", *few]) == 0
    told = capsys.readouterr()
    assert f"run {best['run_id']}" in told.err
    assert "100 % finished" in told.err
    assert "1. Half-precision" in told.out
    made = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8"))))
    assert [run["role"] for run in made] == ["teacher", "student"]
    words = ["compress", f"run:{best['run_id']}", "prune:keep=0.6,multiple=1", "kd:temperature=2", "--updates", "2"]
    chain = shown(trained, capsys, *words, "--no-controls")
    assert [(run["method"], run["temperature"]) for run in chain[2:]] == [("kd", 2.0)]
    assert chain[1]["parameters"] < chain[0]["parameters"]  # type: ignore[operator]
    assert main(["compress", str(chain[2]["run_id"]), "slice:width=7", "--home", str(trained)]) == 2
    words = ["compress", str(best["run_id"]), "kd", "--updates", "2", "--no-controls"]
    beside = shown(trained, capsys, *words, "--teacher", f"run:{chain[2]['run_id']}")
    assert [run["student"] for run in beside[1:]] == ["0. Initial network", "1. Knowledge distillation"]
    assert beside[0]["run_id"] == chain[2]["run_id"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["shrink"], "expected a step of compression, or a method that trains, got shrink"),
        (["prune:keep"], "the step prune:keep: expected NAME=VALUE after the colon, got keep"),
        (["prune:keep=7"], "keep: expected"),
        (["int8", "--seeds", "9"], "seeds"),
        (["int8", "--teacher", "train:resnet8"], "--teacher: expected a run or an experiment to compress, got"),
    ],
)
def test_a_step_that_is_none_is_named(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compress", TEACHER.key, *words, "--home", str(tmp_path / "home")]) == 2
    assert told in capsys.readouterr().err


def test_without_steps_the_default_teacher_gets_the_default_chain() -> None:
    class Chosen:
        steps, updates, labels, seeds, no_controls = (), None, None, None, False

    assert chain_of(Chosen(), default_chain().task, TEACHER) == default_chain()  # type: ignore[arg-type]


def test_what_is_no_network_is_named(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compress", "0123abcd", "int8", "--home", str(trained)]) == 2
    assert main(["robustness", "0123abcd", "--home", str(trained)]) == 2
    assert capsys.readouterr().err.count("a run or an experiment: expected one of this home, got 0123abcd") == 2
    assert main(["robustness", "0123abcd", "--home", str(tmp_path / "none")]) == 2
    assert "expected the home of a lab" in capsys.readouterr().err


def test_networks_are_tested_on_disturbed_images(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (job,) = shown(trained, capsys, "jobs")
    asked = ["robustness", str(job["job_id"]), "--images", "40", "--corruption", "fog", "--home", str(trained)]
    assert main([*asked, "--attacks"]) == 0
    told = capsys.readouterr()
    head, *rows = told.out.splitlines()
    assert head.split()[:6] == ["student", "seed", "images", "clean", "weather", "corrupted"]
    assert "pgd 8" in head
    assert len(rows) == 4
    assert "100 % finished" in told.err
    cells = shown(trained, capsys, *asked[:-2])
    assert len(cells) == 4 * 6
    assert {cell["images"] for cell in cells} == {40}
    assert list(cells[0])[:7] == ["student", "seed", "run_id", "disturbance", "family", "strength", "images"]
    assert main([*asked, "--csv", "-"]) == 0
    printed = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [float(row["accuracy"]) for row in printed] == [cell["accuracy"] for cell in cells]
    assert main([*asked[:2], "--corruption", "rain", "--home", str(trained)]) == 2
    assert "no corruption named 'rain'" in capsys.readouterr().err
