"""Files of half-trained cohorts: found by any of their runs, replaced whole, and swept when nobody goes on."""

import os
import time
from pathlib import Path

import pytest

from distill_core.errors import StorageFailed
from distill_core.store import HalfTrained, JobState, Store
from tests.records import job_record

pytestmark = pytest.mark.anywhere


@pytest.fixture
def files(tmp_path: Path) -> HalfTrained:
    return HalfTrained(tmp_path / "half_trained")


def age(tmp_path: Path, seconds: float, only: str = "*") -> None:
    then = time.time() - seconds
    for path in (tmp_path / "half_trained").glob(only):
        os.utime(path, (then, then))


def test_it_is_found_by_some_of_its_runs_and_not_by_others(files: HalfTrained) -> None:
    assert files.read(["a"]) is None
    files.write(["a", "b"], "job", b"first")
    files.write(["a", "b"], "job", b"second")
    assert files.read(["b"]) == files.read(["b", "a"]) == b"second"
    assert files.read(["a", "c"]) is None
    assert files.jobs() == {"job"}


def test_another_job_that_goes_on_takes_it_over(files: HalfTrained) -> None:
    files.write(["a"], "first", b"1")
    files.write(["a"], "second", b"2")
    assert files.jobs() == {"second"}


def test_removing_is_by_runs_or_by_job_and_may_be_repeated(files: HalfTrained, tmp_path: Path) -> None:
    files.write(["a"], "one", b"1")
    files.write(["b"], "two", b"2")
    for _ in range(2):
        files.remove(["a"])
        files.remove_of("two")
    assert [*(tmp_path / "half_trained").iterdir()] == []


def test_a_disk_that_refuses_leaves_the_state_from_before(
    files: HalfTrained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.write(["a"], "job", b"1")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("distill_core.files.os.replace", full)
    with pytest.raises(StorageFailed, match="free some room"):
        files.write(["a"], "job", b"2")
    assert files.read(["a"]) == b"1"
    assert not [*(tmp_path / "half_trained").glob(".*")]


@pytest.mark.parametrize("head", [b"", b"[]", b'{"runs": 3}', b"\xff"])
def test_a_list_that_cannot_be_read_is_of_no_cohort(files: HalfTrained, tmp_path: Path, head: bytes) -> None:
    files.write(["a"], "job", b"1")
    for path in (tmp_path / "half_trained").glob("*.json"):
        path.write_bytes(head)
    assert files.read(["a"]) is None


def test_of_a_stopped_job_it_is_kept_for_an_hour_and_of_an_interrupted_one_for_a_week(
    files: HalfTrained, tmp_path: Path
) -> None:
    files.write(["a"], "stopped", b"1")
    files.write(["b"], "interrupted", b"2")
    age(tmp_path, 3_500)
    files.sweep(["interrupted"])
    assert files.jobs() == {"stopped", "interrupted"}
    age(tmp_path, 3_700)
    files.sweep(["interrupted"])
    assert files.jobs() == {"interrupted"}
    age(tmp_path, 8 * 86_400)
    files.sweep(["interrupted"])
    assert [*(tmp_path / "half_trained").iterdir()] == []


def test_of_too_many_the_newest_are_kept(files: HalfTrained, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("distill_core.store.half_trained.MOST_BYTES", 5)
    files.write(["a"], "old", b"1234")
    age(tmp_path, 60)
    files.write(["b"], "new", b"1234")
    files.sweep(["old", "new"])
    assert files.jobs() == {"new"}


def test_parts_of_killed_labs_are_removed_once_they_are_old(files: HalfTrained, tmp_path: Path) -> None:
    files.write(["a"], "job", b"1")
    left = tmp_path / "half_trained" / ".abc.part"
    left.write_bytes(b"")
    files.sweep(["job"])
    assert left.exists()
    age(tmp_path, 3_700)
    files.sweep(["job"])
    assert not left.exists()
    assert files.read(["a"]) == b"1"


def test_the_store_knows_whose_jobs_go_on(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    try:
        for name, state in (("a1", JobState.STOPPED), ("b2", JobState.RUNNING)):
            store.add_job(job_record(name, "{}", owner=store.lab_id, fingerprint=name))
            store.set_job_state(name, state)
            store.half_trained.write([name], name, b"1")
        store.half_trained.write(["c"], "deleted", b"1")
        age(tmp_path, 3_700)
        store.sweep_half_trained()
        assert store.half_trained.jobs() == {"b2"}
    finally:
        store.close()


def test_a_state_without_its_list_of_runs_is_removed_once_it_is_old(files: HalfTrained, tmp_path: Path) -> None:
    files.write(["a"], "job", b"1")
    (tmp_path / "half_trained" / "abc.state").write_bytes(b"left by a killed lab")
    age(tmp_path, 3_700)
    files.sweep(["job"])
    assert files.read(["a"]) == b"1"
    assert len([*(tmp_path / "half_trained").glob("*.state")]) == 1
