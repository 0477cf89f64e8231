"""Orders and events of a job in another process, with a real process."""

import os
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from distill_core import said as texts
from distill_core.errors import DistillError, Stopped
from distill_core.events import RunStarted
from distill_core.jobs.control import JobControl
from distill_core.jobs.measurement_lock import MeasurementLock
from distill_core.jobs.remote_job import RemoteJob, how_it_ended
from distill_core.jobs.worker_process import WorkerProcess

pytestmark = pytest.mark.anywhere
SECONDS = 60
FIRST, SECOND = RunStarted("KD/0", "KD", 0), RunStarted("KD/1", "KD", 1)


@pytest.fixture
def process() -> Iterator[WorkerProcess]:
    started = WorkerProcess("tests.jobs.measuring_worker")
    yield started
    started.end()
    assert not started.is_alive


class Job:
    """A job that is followed on a thread, as the queue's worker does."""

    def __init__(
        self, process: WorkerProcess, does: str, lock: MeasurementLock, job_id: str = "a1", **more: str
    ) -> None:
        self.changed = threading.Condition()
        self.held = False
        self.control = JobControl(job_id, held=lambda: self.held, changed=self.changed)
        self.errors: list[BaseException] = []
        process.send({"job": job_id, "does": does, **more})
        self._thread = threading.Thread(target=self._follow, args=(process, lock), daemon=True)
        self._thread.start()

    def _follow(self, process: WorkerProcess, lock: MeasurementLock) -> None:
        try:
            RemoteJob(process, self.control, lock).follow()
        except DistillError as error:
            self.errors.append(error)

    def ended(self) -> list[BaseException]:
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()
        return self.errors

    def until(self, condition: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, SECONDS)

    def order(self, **changes: object) -> None:
        for name, value in changes.items():
            setattr(self if name == "held" else self.control, name, value)
        self.control.wake()


def test_events_come_in_order_and_a_second_job_uses_the_same_process(process: WorkerProcess) -> None:
    lock, pid = MeasurementLock(), process.pid
    for job_id in ("a1", "b2"):
        job = Job(process, "measure", lock, job_id)
        assert job.ended() == []
        assert job.control.log.snapshot() == (FIRST, SECOND)
    assert process.is_alive
    assert process.pid == pid


def test_a_failure_comes_with_its_template_so_that_pages_can_translate_it(process: WorkerProcess) -> None:
    (error,) = Job(process, "fail", MeasurementLock()).ended()
    assert str(error) == "alpha: expected 0 to 1, got 2; choose one of these"
    assert texts.to_json(error.text)["places"]["what"] == "alpha"


def test_it_waits_where_it_is_paused_or_held_and_ends_when_told(process: WorkerProcess) -> None:
    job = Job(process, "wait", MeasurementLock())
    job.order(paused=True)
    job.until(lambda: job.control.waits)
    job.order(paused=False)
    job.until(lambda: not job.control.waits)
    job.order(held=True)
    job.until(lambda: job.control.waits)
    job.order(stopped="stopped")
    (error,) = job.ended()
    assert isinstance(error, Stopped)
    assert not job.control.waits


def test_it_measures_only_while_no_work_item_of_the_lab_runs(process: WorkerProcess) -> None:
    lock = MeasurementLock()
    with lock.shared(lambda: None):
        job = Job(process, "measure", lock)
        while FIRST not in job.control.log.snapshot():
            job.control.wake()
        assert SECOND not in job.control.log.snapshot()
    assert job.ended() == []
    assert SECOND in job.control.log.snapshot()
    with lock.shared(lambda: None):  # nothing is held back afterwards
        pass


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("number", "how"), [(signal.SIGKILL, "may have run out of memory"), (signal.SIGSEGV, "signal SIGSEGV")]
)
def test_a_crash_ends_the_job_in_words(process: WorkerProcess, number: int, how: str) -> None:
    job = Job(process, "wait", MeasurementLock())
    job.order(paused=True)
    job.until(lambda: job.control.waits)
    os.kill(process.pid, number)
    (error,) = job.ended()
    assert how in str(error)
    assert "the process that trained ended before its work was done" in str(error)
    assert not job.control.waits


@pytest.mark.parametrize("line", ["{half a line", '{"event": {"kind": "Nonsense"}}'])
def test_a_message_that_cannot_be_read_ends_the_job(process: WorkerProcess, line: str) -> None:
    (error,) = Job(process, "say", MeasurementLock(), line=line).ended()
    assert isinstance(error, DistillError)
    assert not process.is_alive


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_process_that_reads_nothing_can_be_ended(process: WorkerProcess) -> None:
    os.kill(process.pid, signal.SIGSTOP)
    sender = threading.Thread(target=process.send, args=({"job": "a1", "long": "x" * 1_000_000},), daemon=True)
    sender.start()
    while not process._sending.locked():
        sender.join(0.01)
    process.end()
    sender.join(SECONDS)
    assert not sender.is_alive()


def test_a_signal_without_a_name_is_told_by_its_number() -> None:
    assert how_it_ended(-35) == "signal 35"
    assert how_it_ended(-signal.SIGSEGV) == "signal SIGSEGV"


def test_ctrl_c_in_the_terminal_is_for_the_lab_alone(process: WorkerProcess) -> None:
    job = Job(process, "wait", MeasurementLock())
    job.order(paused=True)
    job.until(lambda: job.control.waits)
    os.kill(process.pid, signal.SIGINT)
    os.kill(process.pid, signal.SIGTERM)
    job.order(paused=False)
    job.until(lambda: not job.control.waits)
    job.order(stopped="interrupted")
    assert isinstance(job.ended()[0], Stopped)
