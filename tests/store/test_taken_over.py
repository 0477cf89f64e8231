"""Jobs whose lab ended at work go on in another lab: waiting, or paused as they were, and not for ever."""

from pathlib import Path

import pytest

from distill_core.store import JobState, Store
from tests.records import job_record

pytestmark = pytest.mark.anywhere


@pytest.fixture
def store(tmp_path: Path):
    opened = Store.open(tmp_path)
    yield opened
    opened.close()


def left(tmp_path: Path, *jobs: tuple[str, JobState]) -> None:
    """Jobs in these states of a lab that ended."""
    other = Store.open(tmp_path)
    for name, state in jobs:
        other.add_job(job_record(name, "{}", owner=other.lab_id), plan=f"plan of {name}")
        other.set_job_state(name, state)
    other.close()


def test_they_are_taken_in_their_order_and_once(store: Store, tmp_path: Path) -> None:
    left(tmp_path, ("a1", JobState.RUNNING), ("b2", JobState.PAUSED), ("c3", JobState.QUEUED), ("d4", JobState.STOPPED))
    assert store.take_over() == []  # nobody noticed yet
    store.mark_interrupted()
    taken = store.take_over()
    assert [(job.id, job.plan, job.paused) for job in taken] == [
        ("a1", "plan of a1", False),
        ("b2", "plan of b2", True),
        ("c3", "plan of c3", False),
    ]
    assert store.take_over() == []
    found = {name: store.job(name) for name in ("a1", "b2", "c3", "d4")}
    assert [job.state for job in found.values()] == ["queued", "paused", "queued", "stopped"]
    assert {job.owner for job in found.values()} - {found["d4"].owner} == {store.lab_id}
    assert found["a1"].error is None
    assert found["a1"].finished_at is None
    assert store.set_job_state("a1", JobState.RUNNING)


def test_one_that_was_started_again_is_left(store: Store, tmp_path: Path) -> None:
    left(tmp_path, ("a1", JobState.RUNNING))
    store.mark_interrupted()
    store.add_job(job_record("b2", "{}", fingerprint="a1" * 8, owner=store.lab_id))
    assert store.take_over() == []
    assert store.job("a1").state == "interrupted"


def test_one_without_a_plan_is_left(store: Store, tmp_path: Path) -> None:
    other = Store.open(tmp_path)
    other.add_job(job_record("a1", "{}", owner=other.lab_id))
    other.close()
    store.mark_interrupted()
    assert store.take_over() == []
    assert store.job("a1").state == "interrupted"


def test_one_that_ends_its_lab_each_time_waits_for_a_person(tmp_path: Path) -> None:
    left(tmp_path, ("a1", JobState.RUNNING))
    taken = []
    for _ in range(5):
        lab = Store.open(tmp_path)
        lab.mark_interrupted()
        taken.append([job.id for job in lab.take_over()])
        lab.close()
    assert taken == [["a1"]] * 3 + [[]] * 2


def test_deleting_a_job_deletes_what_is_half_trained(store: Store) -> None:
    store.add_job(job_record("a1", "{}", owner=store.lab_id))
    store.set_job_state("a1", JobState.STOPPED)
    store.half_trained.write(["run"], "a1", b"1")
    store.delete_job("a1")
    assert store.half_trained.jobs() == set()
