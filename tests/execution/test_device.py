"""A job on a graphics card, with a stand-in that computes on the CPU: what is stored says where it was made."""

from collections import Counter
from pathlib import Path

import pytest
import torch

from distill_core import accelerator
from distill_core.events import RunFinished
from distill_core.machine import environment
from distill_core.planning.job_plan import resolve
from distill_core.planning.resolve import resolve_experiment
from distill_core.store import Store
from distill_core.tasks import TASKS
from distill_core.training import cohort, device, monitor, predict, student, teacher_outputs
from tests.quick import experiment, work
from tests.quick import student as a_student

ROLES = "teacher", "control", "student"
CARD = "cuda (Card 1000)"


@pytest.fixture
def moves(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """A card that is the CPU under another name; counts what is moved there."""
    moves: Counter[str] = Counter()

    def moved(part, place):
        moves[str(place)] += 1
        return part

    for room in (cohort, monitor, predict, student, teacher_outputs):
        monkeypatch.setattr(room, "moved", moved)
    monkeypatch.setattr(device, "WITH_GENERATOR", frozenset())
    monkeypatch.setattr(accelerator, "available_devices", lambda: ("cuda", "cpu"))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Card 1000")
    return moves


def test_a_job_trains_on_the_card_and_keeps_its_results_beside_those_of_the_cpu(
    store: Store, tmp_path: Path, moves: Counter[str]
) -> None:
    asked = experiment(a_student("FitNets", method="fitnet"), precision="float32")
    here = resolve(asked.model_copy(update={"device": "cpu"}), store, TASKS)
    log = work(store, tmp_path, resolve_experiment(asked))
    assert moves["cuda"] > 0
    linked = store.runs(["a1"])
    assert [(one.role, one.run.state) for one in linked] == [(role, "finished") for role in ROLES]
    assert {one.run.environment["device"] for one in linked} == {CARD}
    assert {one.run.fingerprint for one in linked}.isdisjoint(one.fingerprint for one in (here.teacher, *here.runs))
    # How long they took tells nothing of trainings on the CPU.
    assert store.training_times(["a1"], environment()) == []
    assert sum(isinstance(event, RunFinished) for event in log.snapshot()) == 2
