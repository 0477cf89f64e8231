"""Kits of a lab's runs: what is stored about a run stands in them, and what is gone is refused before anything is
made."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from distill_core.errors import CorruptFile, InvalidSetting, NotFound
from distill_core.lab import Lab


@pytest.fixture
def lab(trained: Path) -> Iterator[Lab]:
    opened = Lab.open(trained)
    yield opened
    opened.close()


@pytest.fixture
def run_id(lab: Lab) -> str:
    summary = lab.reports.summary(lab.jobs()[0].id)
    return str(summary[summary["role"] == "student"].iloc[-1]["run_ids"][0])


def test_a_kit_tells_what_the_lab_knows_of_a_run(lab: Lab, run_id: str) -> None:
    told: list[tuple[float, str]] = []
    made = lab.kits.make(run_id, ("float32", "float16", "int8"), lambda share, step: told.append((share, step)))
    assert [step for _, step in told] == ["float32", "float16", "int8", "examples", ""]
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert [file.name for file in made.checked][:2] == ["network_float32.onnx", "ready_float32.onnx"]
    assert all(file.same == file.count for file in made.checked if file.precision == "float32")
    card = made.files["MODEL_CARD.md"].decode()
    summary = lab.reports.summary(lab.jobs()[0].id)
    for name in summary.loc[~((summary["role"] == "student") & (summary["student"] != "KD, all")), "student"]:
        assert f"| {name} |" in card
    assert "Fewer than three seeds: there is no interval" in card
    assert json.loads(made.files["specification.json"]) == json.loads(lab.reports.specification(lab.jobs()[0].id))
    assert lab.kits.folder_name(run_id) == "kd_all_seed0"
    assert lab.kits.precisions(run_id) == ("float32", "float16", "int8")


def test_a_run_that_is_not_there_or_lost_its_file_is_refused(lab: Lab, run_id: str) -> None:
    with pytest.raises(NotFound):
        lab.kits.make("0123456789abcdef")
    with pytest.raises(InvalidSetting, match="float64"):
        lab.kits.make(run_id, ("float64",))
    Path(lab.reports.artifact(run_id, "onnx")).unlink()
    with pytest.raises(CorruptFile, match=r"network\.onnx|onnx"):
        lab.kits.make(run_id)
