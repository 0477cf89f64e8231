"""Who owns a job: labs that end, are killed, fall silent, sleep, or have their clock set."""

import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from distill_core import clock
from distill_core.store import JobState, Store
from distill_core.store.watch import BEAT_SECONDS, SILENT_SECONDS, Watch
from tests.store.records import NOON, a_job, a_run
from tests.store.test_jobs import at_work, go_on, line

RUN = "00000000000000aa"


@pytest.fixture
def other(home: Path) -> Iterator[Store]:
    """Another lab that is open on the same home."""
    with closing(Store.open(home)) as opened:
        yield opened


class Clock:
    """A monotonic clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def watched(store: Store) -> Clock:
    turned = Clock()
    store._watch = Watch(turned)
    return turned


def look(store: Store, turned: Clock, seconds: float) -> list[str]:
    """Look every ten seconds, so long."""
    closed: list[str] = []
    for _ in range(round(seconds / BEAT_SECONDS)):
        turned.now += BEAT_SECONDS
        closed += store.mark_interrupted()
    return closed


def running(store: Store, job_id: str = "a") -> None:
    store.add_job(a_job(job_id, owner=store.lab_id))
    store.set_job_state(job_id, JobState.RUNNING)


def test_two_labs_in_one_process_and_home_leave_each_other_alone(store: Store, other: Store) -> None:
    running(store)
    assert other.mark_interrupted() == []
    other.sweep()
    found = other.find_job("fingerprint of a")
    assert found is not None
    assert found.owner == store.lab_id != other.lab_id
    store.close()
    assert other.mark_interrupted() == ["a"]


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_clock_that_is_set_ends_no_job(
    hours: int, store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    running(store)
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(hours=hours))
    monkeypatch.setattr(time, "time", lambda: NOON.timestamp() + 3_600 * hours)
    assert other.add_job(a_job("b", owner=other.lab_id)).id == "b"
    assert store.beat()
    other.sweep()
    assert (store.job("a").state, other.job("a").state) == (JobState.RUNNING, JobState.RUNNING)


def test_a_killed_lab_is_known_by_its_lock_and_leaves_nothing(home: Path, store: Store) -> None:
    killed = at_work(home, "killed", "k")
    go_on(killed)
    assert [line(killed), line(killed)][1] == "running"
    owner = store.job("killed").owner
    staged = home / "runs" / ".staging" / owner / "1" / "weights.safetensors"
    staged.parent.mkdir(parents=True)
    staged.write_bytes(b"half")
    store.sweep()
    assert (store.job("killed").state, staged.exists()) == (JobState.RUNNING, True)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait(30)
    store.sweep()
    assert store.job("killed").state == JobState.INTERRUPTED
    assert [path.name for path in (home / "labs").iterdir()] == [f"{store.lab_id}.lock"]
    assert not (home / "runs" / ".staging" / owner).exists()
    killed.communicate()


IN_A_CONTAINER = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc")


@pytest.mark.skipif(
    shutil.which("unshare") is None or subprocess.run([*IN_A_CONTAINER, "true"], capture_output=True).returncode != 0,
    reason="no process namespaces here",
)
def test_labs_in_two_containers_leave_each_other_alone(home: Path, store: Store) -> None:
    """Where process numbers begin anew, and mean others than here."""
    running(store)
    contained = at_work(home, "contained", "c", *IN_A_CONTAINER)
    go_on(contained)
    assert [line(contained), line(contained)][1] == "running"
    assert store.mark_interrupted() == []
    assert {job.id: job.state for job in store.jobs()} == {"a": JobState.RUNNING, "contained": JobState.RUNNING}
    contained.communicate("\n", timeout=30)
    store.sweep()
    assert store.job("contained").state == JobState.INTERRUPTED


def test_a_copied_home_does_not_wait_for_the_lab_of_the_first(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "home")) as first:
        running(first)
        copied = shutil.copytree(tmp_path / "home", tmp_path / "copied")
        with closing(Store.open(copied)) as second:
            second.sweep()
            assert second.job("a").state == JobState.INTERRUPTED
        assert first.mark_interrupted() == []
    assert list((copied / "labs").iterdir()) == []


class TestOneDatabaseForTwoHomes:
    """As with PostgreSQL: the lock of a lab lies in a home that the other one does not see."""

    @pytest.fixture
    def labs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Store]]:
        monkeypatch.setenv("DISTILL_DATABASE_URL", f"sqlite:///{tmp_path / 'shared.sqlite'}")
        with closing(Store.open(tmp_path / "a")) as a, closing(Store.open(tmp_path / "b")) as b:
            yield a, b

    def test_a_lab_that_tells_that_it_lives_keeps_its_job(self, labs: tuple[Store, Store]) -> None:
        a, b = labs
        turned = watched(b)
        running(a)
        for _ in range(20):
            assert look(b, turned, SILENT_SECONDS) == []
            assert a.beat()
        assert b.job("a").state == JobState.RUNNING

    def test_a_silent_one_loses_it_after_a_minute_and_never_earlier(self, labs: tuple[Store, Store]) -> None:
        a, b = labs
        turned = watched(b)
        running(a)
        assert look(b, turned, SILENT_SECONDS) == []
        assert look(b, turned, BEAT_SECONDS) == ["a"]

    def test_a_lab_that_slept_finds_no_other_lab_dead(self, labs: tuple[Store, Store]) -> None:
        a, b = labs
        turned = watched(b)
        running(a)
        assert b.mark_interrupted() == []
        turned.now += 8 * 3_600
        assert b.mark_interrupted() == []
        assert a.beat()
        assert look(b, turned, SILENT_SECONDS) == []

    def test_one_that_was_taken_for_dead_does_not_write_over_it(self, labs: tuple[Store, Store]) -> None:
        a, b = labs
        turned = watched(b)
        running(a)
        assert look(b, turned, SILENT_SECONDS + BEAT_SECONDS) == ["a"]
        ended = b.job("a")
        assert not a.set_job_state("a", JobState.FINISHED)
        assert b.job("a") == ended
        running(a, "again")  # whose owner is known again
        assert not a.beat()
        assert a.beat()
        assert b.mark_interrupted() == []

    def test_files_of_the_other_database_are_no_orphans(
        self, labs: tuple[Store, Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        a, _ = labs
        a.save_run(a_run(), curves=[], files={"weights": b"w"})
        monkeypatch.delenv("DISTILL_DATABASE_URL")
        with closing(Store.open(tmp_path / "a")) as own:
            own.save_run(a_run("00000000000000bb"), curves=[], files={"weights": b"w"})
            own.sweep()
        assert a.read_artifact(RUN, "weights") == b"w"


def test_without_a_lock_the_heartbeat_tells(home: Path, store: Store, other: Store) -> None:
    """As on a file system that knows no locks."""
    running(store)
    (home / "labs" / f"{store.lab_id}.lock").unlink()
    turned = watched(other)
    assert look(other, turned, SILENT_SECONDS) == []
    assert look(other, turned, BEAT_SECONDS) == ["a"]


def test_a_free_lock_proves_nothing_of_another_host(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a share whose locks are local to each client."""
    running(store)
    assert store._instance._lock is not None
    store._instance._lock.release()
    monkeypatch.setattr("socket.gethostname", lambda: "another host")
    turned = watched(other)
    assert look(other, turned, SILENT_SECONDS) == []
    assert store.beat()
    assert look(other, turned, SILENT_SECONDS) == []
    assert look(other, turned, BEAT_SECONDS) == ["a"]


def test_a_home_without_locks_opens(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    with closing(Store.open(home)) as store:
        running(store)
        store.sweep()
        assert store.job("a").state == JobState.RUNNING
    assert list((home / "labs").iterdir()) == []


def test_what_killed_labs_left_on_the_disk_is_swept(home: Path, store: Store) -> None:
    store.save_run(a_run(), curves=[], files={"weights": b"w"})
    runs = home / "runs"
    for path in (runs / ("b" * 16) / "network.onnx", runs / RUN / f".{'c' * 32}.part", runs / "notes" / "mine.txt"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    store.sweep()
    left = [path.relative_to(runs).as_posix() for path in runs.rglob("*.*") if path.is_file()]
    assert sorted(left) == [f"{RUN}/weights.safetensors", "notes/mine.txt"]
    assert store.read_artifact(RUN, "weights") == b"w"


def test_a_new_database_beside_older_files_removes_none(home: Path) -> None:
    older = home / "runs" / RUN / "weights.safetensors"
    older.parent.mkdir(parents=True)
    older.write_bytes(b"w")
    with closing(Store.open(home)) as store:
        store.sweep()
    assert older.read_bytes() == b"w"


def test_what_another_lab_writes_just_now_is_not_swept(
    home: Path, store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = os.fsync

    def slow(handle: int) -> None:
        if stat.S_ISREG(os.fstat(handle).st_mode):  # a folder is flushed by the one writer
            other.sweep()
        good(handle)

    other.save_run(a_run("00000000000000bb"), curves=[], files={"weights": b"other"})
    monkeypatch.setattr(os, "fsync", slow)
    store.save_run(a_run(), curves=[], files={"weights": b"weights", "onnx": b"graph"})
    assert (store.read_artifact(RUN, "weights"), store.read_artifact(RUN, "onnx")) == (b"weights", b"graph")
