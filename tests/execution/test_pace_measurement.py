"""This machine's own pace: what is measured, once, with a clock that counts, and given up where a job comes."""

import itertools

import pytest

from distill_core.errors import Stopped
from distill_core.execution import pace_measurement
from distill_core.execution.pace_measurement import is_measured, machine_pace, measure_pace
from distill_core.jobs.torch_import import import_torch
from distill_core.machine import available_threads, training_threads


@pytest.fixture(autouse=True)
def unmeasured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace_measurement, "_measured", [])
    import_torch()


def test_it_is_measured_once_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setenv("OMP_NUM_THREADS", str(available_threads() + 1))
    assert (machine_pace().threads, machine_pace().step_threads) == (available_threads(), training_threads())
    threads, drawn = torch.get_num_threads(), torch.get_rng_state()
    assert not is_measured()
    found = measure_pace()
    assert found.measured
    assert is_measured()
    assert (found.threads, found.step_threads) == (available_threads(), training_threads())
    rates = [getattr(found, f"{kind}_macs_per_second") for kind in ("small", "large", "forward", "teacher")]
    assert min(rates) > 0
    assert found.update_seconds >= 0
    assert measure_pace(lambda: pytest.fail("measured again")) is found
    assert machine_pace() is found
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), drawn)


def test_numbers_come_from_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step takes a second here, so an update of 125 images is no longer than one of 25."""
    monkeypatch.setattr(pace_measurement, "resolve_precision", lambda precision: "float32")
    ticks = itertools.count()
    found = measure_pace(clock=lambda: float(next(ticks)))
    assert found.own == "float32"
    assert found.float32_slowness == 1.0
    assert found.update_seconds == pytest.approx(0.9)
    macs = 2_552_000
    assert found.small_macs_per_second == pytest.approx(3 * 125 * macs / 0.1)
    assert found.step_seconds(macs, 125, small=True, precision="float32") == pytest.approx(1.0)


def test_a_job_that_comes_ends_the_measurement() -> None:
    steps = itertools.count()

    def checkpoint() -> None:
        if next(steps) == 2:
            raise Stopped("a job came")

    with pytest.raises(Stopped):
        measure_pace(checkpoint)
    assert not machine_pace().measured


def test_whether_it_is_measured_is_told_without_a_question_to_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which arithmetic suits it is asked of torch on some systems, which takes seconds to load."""
    monkeypatch.setattr(pace_measurement, "resolve_precision", lambda precision: pytest.fail("asked"))
    assert not is_measured()
