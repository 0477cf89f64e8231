"""A job as the pages of another lab on the same home see it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from distill_core.events import Progress, RunStarted, TrainPoint
from distill_core.lab import Lab
from tests.quick import QUICK_TIMER, experiment, student

WAIT = 120


@pytest.fixture
def labs(tmp_path: Path, migrated_once: Path) -> Iterator[tuple[Lab, Lab]]:
    shutil.copy(migrated_once, tmp_path)
    opened = Lab.open(tmp_path, timer=QUICK_TIMER), Lab.open(tmp_path, timer=QUICK_TIMER)
    yield opened
    for lab in opened:
        lab.close()


def test_another_lab_shows_progress_and_curves_while_it_trains(labs: tuple[Lab, Lab]) -> None:
    here, there = labs
    job_id = here.submit(experiment(student(), updates=100_000))
    while not any(isinstance(event, TrainPoint) for event in there.job(job_id).events):
        assert here.wait(job_id, 0.05).state in ("queued", "running")
    seen = there.job(job_id)
    assert seen.state == "running"
    assert seen.progress is not None
    assert 0 < seen.fraction < 1
    assert seen.events == here.job(job_id).events[: len(seen.events)]
    assert any(isinstance(event, RunStarted) for event in seen.events)
    assert seen.seconds_left == seen.progress.seconds_left
    here.stop(job_id)
    assert here.wait(job_id, WAIT).state == "stopped"
    ended = there.job(job_id)
    assert ended.state == "stopped"
    assert ended.events[: len(seen.events)] == seen.events


def test_a_store_of_events_that_is_broken_stops_no_job(labs: tuple[Lab, Lab]) -> None:
    here, there = labs
    (here.home / "events.sqlite").write_bytes(b"this is no database" * 100)
    job_id = here.submit(experiment(student(), updates=3))
    assert here.wait(job_id, WAIT).state == "finished"
    assert there.job(job_id).state == "finished"
    assert any(isinstance(event, Progress) for event in here.job(job_id).events)
