"""Benchmarks say where they measure, find out first what they lack, and lose no figure at their end."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from benchmarks import needs
from distill_core.errors import DistillError, MissingData
from distill_core.jobs.torch_import import SPINS
from distill_core.lab import Lab
from distill_core.machine import environment

FOLDER = Path(needs.__file__).parent
SCRIPTS = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "needs")
MACHINE = {**environment(), "instructions": "AVX2", "precision": "float32"}


class Trained(Exception):
    """A benchmark began to train."""


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Start a benchmark with these words on a machine without bfloat16; Trained where it would train."""

    def opened(home: Path | None = None, **_: Any) -> Lab:
        raise Trained

    monkeypatch.setenv("DISTILL_HOME", "nowhere")  # what a benchmark sets is set back
    monkeypatch.setattr(Lab, "open", opened)
    monkeypatch.setattr(needs, "machine", lambda: dict(MACHINE))

    def started(name: str, *words: str) -> Any:
        monkeypatch.setattr(sys, "argv", [f"{name}.py", *words])
        return loaded(name).main()

    return started


def loaded(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.{name}")


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_benchmark_tells_how_it_is_used(
    name: str, start: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        start(name, "--help")
    assert ended.value.code == 0
    assert f"{name}.py" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["chain", "default_comparison", "pages", "robustness", "visitors"])
def test_the_first_line_says_where_it_is_measured(
    name: str, start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    monkeypatch.setattr(loaded("chain"), "official_test_set", lambda: None)
    monkeypatch.setattr("ui.lab", Lab.open)
    with pytest.raises(Trained):
        start(name)
    first = capsys.readouterr().out.splitlines()[0]
    assert first == needs.first_line()
    assert f"{MACHINE['cpu']}, AVX2, {MACHINE['threads']} thread" in first
    assert first.endswith(f", torch {MACHINE['torch']}, float32")


def test_this_machine_tells_what_torch_uses_of_it() -> None:
    found = needs.machine()
    assert found["instructions"]
    assert found["precision"] in ("float32", "bfloat16")
    assert set(environment()) < set(found)


def test_nothing_imports_torch_before_what_it_reads_is_set() -> None:
    """All in a process that has no torch; there each begins anew."""
    question = """
import importlib, os, sys, types
class Asked(Exception): pass
class Finder:
    def find_spec(self, name, *_):
        if name == "torch":
            raise Asked(os.environ.get("GOMP_SPINCOUNT"))
sys.meta_path.insert(0, Finder())
sys.modules |= {name: types.ModuleType(name) for name in ("sklearn", "sklearn.metrics")}
from benchmarks import needs
for name in sys.argv[1:]:
    os.environ.pop("GOMP_SPINCOUNT", None)
    try:
        importlib.import_module(f"benchmarks.{name}")
        needs.machine()
    except Asked as asked:
        print(asked)
"""
    plain = {name: value for name, value in os.environ.items() if name not in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")}
    command = [sys.executable, "-c", question, *SCRIPTS]
    done = subprocess.run(command, cwd=FOLDER.parent, env=plain, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [SPINS] * len(SCRIPTS)


@pytest.mark.parametrize(
    ("error", "said"), [(DistillError("it is gone"), "It is gone"), (ValueError("secret"), "reference"), (None, None)]
)
def test_a_page_that_draws_its_error_is_not_measured(
    error: Exception | None, said: str | None, unforeseen: list[Exception]
) -> None:
    def page(error: Exception | None) -> None:
        import streamlit as st

        from ui.shell.trouble import guarded

        st.warning("Nothing is broken.", title="This could not start")
        with guarded():
            if error:
                raise error

    found = needs.page_fault(AppTest.from_function(page, args=(error,)).run())
    assert found is None if said is None else said in str(found)
    unforeseen.clear()


def test_a_timeout_loses_no_figure_of_the_button(
    start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def button(task: str, *, settled: bool) -> Iterator[tuple[str, float, str]]:
        yield "server_to_button_seconds", 1.5, "server to button"
        raise TimeoutError

    module = loaded("default_comparison")
    monkeypatch.setattr(module, "_button", button)
    monkeypatch.setattr(module, "browser", lambda: None)
    with pytest.raises(TimeoutError):
        start("default_comparison", "--only", "button", "--json")
    told = capsys.readouterr()
    assert json.loads(told.out)["button"] == [{"server_to_button_seconds": 1.5}]
    assert told.err.endswith("server to button\n")


@pytest.mark.parametrize(
    ("driver", "why"), [(None, "there is no driver"), ("cuda", "its build does not use the driver for cuda")]
)
def test_without_a_card_nothing_is_trained_on_it(
    driver: str | None,
    why: str,
    start: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("distill_core.accelerator.available_devices", lambda: ("cpu",))
    monkeypatch.setattr("distill_core.accelerator.driver", lambda: driver)
    assert start("train_step", "--device", "cuda") == 2
    assert f"left out: cuda: torch finds cpu here, no cuda: {why}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "words"), [("slider", ()), ("browser", ()), ("browser", ("--only", "stroke")), ("masks", ())]
)
def test_without_a_browser_nothing_is_trained(
    name: str,
    words: tuple[str, ...],
    start: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    assert start(name, *words) == 2
    assert "there is no browser at /nowhere/chromium" in capsys.readouterr().out


def test_without_a_browser_the_button_is_left_out_and_the_gains_are_not(
    start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(Trained):
        start("default_comparison")
    assert "left out: from the button to the chart: there is no browser" in capsys.readouterr().out
    assert start("default_comparison", "--only", "button") == 1


def test_without_the_official_images_the_chain_says_so_before_it_trains(
    start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nowhere(home: Path, sink: object) -> None:
        raise MissingData("no network")

    monkeypatch.setattr("distill_core.tasks.fashion_mnist.official", nowhere)
    with pytest.raises(Trained):
        start("chain")
    assert "left out: accuracy on the official test images: no network" in capsys.readouterr().out


def test_bfloat16_and_a_peer_that_are_not_there_are_left_out(
    start: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = loaded("train_step")
    monkeypatch.setattr(module, "_ours", lambda *_: 100.0)
    monkeypatch.setattr(module, "_look", lambda *_: 500.0)
    start("train_step", "--peer", str(tmp_path), "--json")
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert set(found["left_out"]) == {"peer: RepDistiller train_distill", "bfloat16"}
    assert [row["way"].partition(",")[0] for row in found["rows"]] == ["float32"] * 5
    assert "100 images/s each" in told.err
    start("train_step", "--emulated", "--rounds", "2", "--students", "1")
    lines = capsys.readouterr().out.splitlines()
    assert sum("round 2" in line for line in lines) == sum("median" in line for line in lines) == 6
    assert start("sweep", "--precision", "bfloat16") == 2


@pytest.mark.parametrize(
    ("name", "words", "complaint"),
    [
        ("latency_parity", ("--onnx", "nowhere.onnx"), "no such file"),
        ("latency_parity", ("--architecture", "resnet9"), "known are"),
        ("method_cost", ("--only", "dkd,kdd"), "no method that can be held against KD: kdd"),
        ("train_step", ("--teacher", "resnet9"), "no architecture named 'resnet9'"),
        ("train_step", ("--precisions", "float16"), "known are float32, bfloat16"),
        ("chain", ("--seeds", "0"), "expected a whole number above 0, got 0"),
        ("pages", ("--runs", "-1"), "expected a whole number above 0, got -1"),
        ("floor", ("--updates", "90"), "expected a multiple of 60, at most 420"),
        ("floor", ("--updates", "480"), "expected a multiple of 60, at most 420"),
    ],
)
def test_wrong_words_are_refused_at_once(
    name: str,
    words: tuple[str, ...],
    complaint: str,
    start: Callable[..., Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        start(name, *words)
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


def test_what_is_measured_outlives_a_later_failure(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with needs.reporting(as_json=True) as report:
            report.figures["rows"] = [1.5]
            report.tell("1.5 ms")
            raise RuntimeError("the next one")

    with pytest.raises(RuntimeError):
        fail()
    told = capsys.readouterr()
    assert json.loads(told.out)["rows"] == [1.5]
    assert told.err.endswith("1.5 ms\n")
