"""The shell's door: what it prints, what it writes, how it fails."""

import json
from pathlib import Path

import pytest

from distill_core.__main__ import main
from distill_core.experiment import Experiment
from distill_core.pipeline.presets import default_experiment
from tests.quick import experiment

WANTED = {
    *("student", "architecture", "method", "temperature", "alpha", "seed", "labels", "transfer"),
    *("valid_accuracy", "test_accuracy", "macro_recall", "ece", "nll_nats", "agreement", "updates"),
    *("parameters", "macs", "size_bytes", "onnx_bytes", "p50_ms", "p95_ms", "seconds"),
    "taught_by",
}


@pytest.mark.parametrize("what", ["tasks", "architectures", "methods"])
def test_list_names_what_can_be_chosen(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", what]) == 0
    assert {"tasks": "digits", "architectures": "resnet20", "methods": "kd"}[what] in capsys.readouterr().out


def test_the_example_is_the_default_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["example", "--seeds", "3"]) == 0
    assert Experiment.from_json(capsys.readouterr().out) == default_experiment(3)


def test_run_writes_an_object_a_run_and_prints_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "spec.json").write_text(experiment().to_json(), encoding="utf-8")
    words = ["run", str(tmp_path / "spec.json"), "--home", str(tmp_path / "home"), "--json", str(tmp_path / "out.json")]
    assert main(words) == 0
    runs = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [run["student"] for run in runs] == ["Plain CNN", "control", "KD", "KD, all"]
    assert all(set(run) >= WANTED for run in runs)
    assert runs[0]["agreement"] is None
    assert all(run["p50_ms"] <= run["p95_ms"] for run in runs)
    printed = capsys.readouterr()
    assert "control" in printed.out
    # The one stage that surely outlasts the bar's half second: two seconds for each way to run a graph.
    assert "Measuring latency" in printed.err
    assert "100 %" in printed.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "wanted JSON"),
        ('{"task": "digits"}', "students: wanted a value, came nothing"),
        (experiment(task="nowhere").to_json(), "no task named 'nowhere'"),
    ],
)
def test_a_wrong_specification_says_what_is_wrong(
    text: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "spec.json").write_text(text, encoding="utf-8")
    assert main(["run", str(tmp_path / "spec.json"), "--home", str(tmp_path / "home")]) == 1
    assert words in capsys.readouterr().err


def test_a_missing_file_and_too_many_seeds_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(tmp_path / "none.json")]) == 1
    assert "cannot be read" in capsys.readouterr().err
    assert main(["example", "--seeds", "0"]) == 1
    assert "wanted 1 to 20" in capsys.readouterr().err
