"""A job that needs more disk or memory than there is, is refused with the numbers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from distill_core.errors import InvalidSetting
from distill_core.jobs.torch_import import import_torch
from distill_core.lab import Lab
from distill_core.networks import Blueprint, build, profile, saved_bytes
from distill_core.networks.example import example_input
from distill_core.planning import resources
from distill_core.planning.job_plan import resolve
from distill_core.store import Store
from distill_core.tasks import TASKS, TaskCatalog
from tests.quick import QUICK_TIMER, experiment, student

pytestmark = pytest.mark.anywhere

CNN = Blueprint.for_images(architecture="plain_cnn", classes=10, size_px=8, width=0.5)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    import_torch()
    opened = Lab.open(tmp_path, timer=QUICK_TIMER)
    yield opened
    opened.close()


@pytest.mark.parametrize("architecture", ["plain_cnn", "mobilenet_v2", "vit_small"])
def test_as_much_is_saved_as_in_a_real_step(architecture: str) -> None:
    blueprint = Blueprint.for_images(architecture=architecture, classes=10, size_px=28)
    network = build(blueprint).eval()
    seen = {}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        if not isinstance(tensor, torch.nn.Parameter):
            seen[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        network(example_input(blueprint))
    assert saved_bytes(blueprint) == pytest.approx(sum(seen.values()), rel=0.2)


def planned(tmp_path: Path) -> list:
    store = Store.open(tmp_path)
    try:
        return list(resolve(experiment(student()), store, TaskCatalog(tmp_path)).runs)
    finally:
        store.close()


def test_files_take_six_times_the_weights_and_the_logits(tmp_path: Path) -> None:
    runs, digits = planned(tmp_path), TASKS.get("digits")
    parameters = sum(profile(run.blueprint).parameters for run in runs)
    logits = (digits.counts.valid + digits.counts.test) * 10 * 4
    assert len(runs) == 2  # the student and its control
    assert resources.disk_bytes(runs, digits) == 6 * 4 * parameters + 2 * logits


def test_small_networks_step_side_by_side_and_large_ones_one_by_one(tmp_path, monkeypatch) -> None:
    runs, digits = planned(tmp_path), TASKS.get("digits")
    one_step = 2 * 1000 * saved_bytes(runs[0].blueprint)
    monkeypatch.setattr(resources, "available_threads", lambda: 1)
    alone = resources.memory_bytes(runs, digits, 1000)
    monkeypatch.setattr(resources, "available_threads", lambda: 8)
    assert resources.memory_bytes(runs, digits, 1000) == alone + one_step
    monkeypatch.setattr(resources, "is_small", lambda macs, batch: False)
    assert resources.memory_bytes(runs, digits, 1000) == alone


def test_masks_are_kept_as_classes() -> None:
    assert resources._predictions_bytes(TASKS.get("scenes")) == 500 * 48 * 48


def test_a_full_disk_refuses_a_job_before_it_is_filed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_free_disk_bytes", lambda folder: 100_020_000)
    with pytest.raises(
        InvalidSetting, match=r"files: expected at most 0 MB, which are free, got about [1-9]\d* MB; free some"
    ):
        lab.submit(experiment())
    assert lab.jobs() == ()


def test_a_full_memory_refuses_a_job_before_it_is_filed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distill_core.planning.resources.total_memory_bytes", lambda: 1000)
    with pytest.raises(
        InvalidSetting, match=r"memory: expected at most 0 MB, which this machine has, got about [1-9]\d* MB; choose"
    ):
        lab.submit(experiment())
    assert lab.jobs() == ()


def test_what_others_use_of_the_memory_counts_when_the_job_starts(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distill_core.planning.resources.free_memory_bytes", lambda: 1000)
    job = lab.wait(lab.submit(experiment()), 60)
    assert job.state == "failed"
    assert "memory: expected at most 0 MB, which are free" in job.error


def test_a_disk_that_filled_up_meanwhile_ends_the_job_in_words(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = iter([10**12])
    monkeypatch.setattr(resources, "_free_disk_bytes", lambda folder: next(checked, 0))
    job = lab.wait(lab.submit(experiment()), 60)
    assert job.state == "failed"
    assert "expected at most 0 MB, which are free" in job.error


def test_what_is_stored_needs_nothing(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    job = lab.submit(experiment(student(), updates=2))
    assert lab.wait(job, 60).state == "finished"
    monkeypatch.setattr(resources, "_free_disk_bytes", lambda folder: 0)
    assert lab.submit(experiment(student(), updates=2)) == job


def test_the_disk_of_a_home_that_is_not_made_yet_is_its_parents(tmp_path: Path) -> None:
    assert resources._free_disk_bytes(tmp_path / "not" / "there") > 0
