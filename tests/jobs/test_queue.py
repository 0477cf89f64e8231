"""The queue: order, gates and ends. Threads are awaited by events, never by sleep."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from distill_core.errors import InvalidSetting, Stopped
from distill_core.events import Progress
from distill_core.jobs.control import JobControl
from distill_core.jobs.queue import JobQueue

pytestmark = pytest.mark.anywhere

SOON = 10.0  # seconds, only ever used up where a test fails


class Bench:
    """A queue whose jobs stand still until they are told to go on, and a record of what it said."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str | None]] = []
        self.scripts: dict[str, Callable[[JobControl], None]] = {}
        self.begun: dict[str, threading.Event] = {}
        self.go: dict[str, threading.Event] = {}
        self._said = threading.Condition()
        self.queue = JobQueue(self.tell)

    def tell(self, job_id: str, state: str, error: str | None) -> None:
        with self._said:
            self.told.append((job_id, state, error))
            self._said.notify_all()

    def submit(self, job_id: str, script: Callable[[JobControl], None] | None = None, *, paused: bool = False) -> None:
        self.begun[job_id], self.go[job_id] = threading.Event(), threading.Event()
        if script is not None:
            self.scripts[job_id] = script
        self.queue.submit(job_id, self._execute, paused=paused)

    def await_state(self, job_id: str, state: str) -> None:
        with self._said:
            assert self._said.wait_for(lambda: (job_id, state) in self.states(), SOON), self.told

    def states(self) -> list[tuple[str, str]]:
        return [(job_id, state) for job_id, state, _ in self.told]

    def finish(self, *job_ids: str) -> None:
        for job_id in job_ids:
            self.go[job_id].set()
            assert self.queue.wait(job_id, SOON), self.told

    def _execute(self, work: JobControl) -> None:
        job_id = work.job_id
        self.begun[job_id].set()
        if job_id in self.scripts:
            return self.scripts[job_id](work)
        assert self.go[job_id].wait(SOON)
        return work.checkpoint()


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    for event in bench.go.values():
        event.set()
    bench.queue.close(SOON)


def begun(bench: Bench, job_id: str) -> None:
    assert bench.begun[job_id].wait(SOON)


def nothing(_: JobControl) -> None:
    """A job that is done at once."""


def raising(error: BaseException) -> Callable[[JobControl], None]:
    def script(_: JobControl) -> None:
        raise error

    return script


def test_jobs_are_done_in_the_order_in_which_they_came(bench: Bench) -> None:
    for job_id in "abc":
        bench.submit(job_id)
    begun(bench, "a")
    assert [bench.queue.position(job_id) for job_id in "abcd"] == [0, 1, 2, None]
    bench.finish("a", "b", "c")
    assert bench.states() == [(job_id, state) for job_id in "abc" for state in ("running", "finished")]
    assert [bench.queue.position(job_id) for job_id in "abc"] == [None] * 3


def test_a_job_in_the_queue_is_not_queued_twice(bench: Bench) -> None:
    bench.submit("a")
    begun(bench, "a")
    bench.queue.submit("a", nothing)
    bench.submit("b")
    bench.queue.submit("b", nothing)
    bench.finish("a", "b")
    assert bench.states().count(("b", "running")) == 1
    assert bench.states().count(("a", "running")) == 1


def test_a_job_that_ended_may_come_again_and_its_log_begins_anew(bench: Bench) -> None:
    bench.submit("a", lambda work: work.log(Progress("first", 0, 1)))
    bench.finish("a")
    bench.queue.submit("a", lambda work: work.log(Progress("second", 0, 1)))
    assert bench.queue.wait("a", SOON)
    assert bench.queue.events("a") == (Progress("second", 0, 1),)


def test_events_are_handed_out_from_a_position_on(bench: Bench) -> None:
    def script(work: JobControl) -> None:
        for done in range(3):
            work.log(Progress("training", done, 3))

    bench.submit("a", script)
    bench.finish("a")
    assert bench.queue.events("a", 2) == (Progress("training", 2, 3),)
    assert bench.queue.events("nobody") == ()


def test_logs_of_old_jobs_are_let_go(bench: Bench) -> None:
    for number in range(60):
        bench.submit(f"{number}", lambda work: work.log(Progress("training", 0, 1)))
        bench.finish(f"{number}")
    assert bench.queue.events("0") == ()
    assert len(bench.queue.events("59")) == 1


def test_a_running_job_waits_at_its_gate_while_paused(bench: Bench) -> None:
    passed = threading.Event()

    def script(work: JobControl) -> None:
        assert bench.go["a"].wait(SOON)
        work.checkpoint()
        passed.set()

    bench.submit("a", script)
    begun(bench, "a")
    bench.queue.pause("a")
    bench.queue.pause("a")
    bench.go["a"].set()
    with bench.queue.hold(SOON):  # enters only once the job stands at its checkpoint
        assert not passed.is_set()
        bench.queue.resume("a")
        bench.queue.resume("a")
        assert not passed.is_set()
    assert bench.queue.wait("a", SOON)
    assert passed.is_set()
    assert bench.states() == [("a", "running"), ("a", "paused"), ("a", "running"), ("a", "finished")]


def test_a_paused_job_in_the_queue_lets_others_pass(bench: Bench) -> None:
    for job_id in "abc":
        bench.submit(job_id)
    begun(bench, "a")
    bench.queue.pause("b")
    bench.finish("a", "c")
    assert bench.queue.position("b") == 1
    bench.queue.resume("b")
    bench.finish("b")
    told = [job_id_and_state for job_id_and_state in bench.states() if job_id_and_state[0] == "b"]
    assert told == [("b", "paused"), ("b", "queued"), ("b", "running"), ("b", "finished")]


def test_a_job_that_comes_paused_waits_until_it_is_resumed(bench: Bench) -> None:
    bench.submit("a", paused=True)
    bench.submit("b")
    bench.finish("b")
    assert bench.queue.position("a") == 1
    bench.queue.resume("a")
    bench.finish("a")
    assert [state for job_id, state in bench.states() if job_id == "a"] == ["queued", "running", "finished"]


def test_a_running_job_is_stopped_at_its_gate(bench: Bench) -> None:
    bench.submit("a")
    begun(bench, "a")
    bench.queue.stop("a")
    bench.queue.stop("a")
    bench.finish("a")
    bench.queue.stop("a")
    assert bench.told == [("a", "running", None), ("a", "stopped", None)]


def test_a_paused_job_is_stopped_where_it_stands(bench: Bench) -> None:
    bench.submit("a")
    begun(bench, "a")
    bench.queue.pause("a")
    bench.go["a"].set()
    with bench.queue.hold(SOON):
        pass
    bench.queue.stop("a")
    bench.queue.resume("a")
    assert bench.queue.wait("a", SOON)
    assert bench.states() == [("a", "running"), ("a", "paused"), ("a", "stopped")]


def test_a_waiting_job_is_stopped_at_once(bench: Bench) -> None:
    bench.submit("a")
    bench.submit("b")
    begun(bench, "a")
    bench.queue.stop("b")
    bench.queue.stop("b")
    assert bench.queue.position("b") is None
    bench.finish("a")
    assert bench.states() == [("a", "running"), ("b", "stopped"), ("a", "finished")]


def test_an_unknown_job_may_be_paused_resumed_and_stopped(bench: Bench) -> None:
    bench.queue.pause("x")
    bench.queue.resume("x")
    bench.queue.stop("x")
    assert bench.told == []


FAILURES: list[tuple[BaseException, str, str | None]] = [
    (
        InvalidSetting("alpha: expected 0 to 1, got 3; choose less"),
        "failed",
        "alpha: expected 0 to 1, got 3; choose less",
    ),
    (ZeroDivisionError("float division"), "failed", "ZeroDivisionError: float division"),
    (SystemExit(2), "failed", "SystemExit: 2"),
    (
        Stopped("training did not pause; try again"),
        "failed",
        "training did not pause; try again",
    ),
]


@pytest.mark.parametrize(("error", "state", "text"), FAILURES, ids=lambda value: type(value).__name__)
def test_the_thread_outlives_a_job_that_fails(error: BaseException, state: str, text: str | None, bench: Bench) -> None:
    bench.submit("a", raising(error))
    bench.submit("b")
    bench.finish("a", "b")
    assert bench.told[1] == ("a", state, text)
    assert bench.told[-1] == ("b", "finished", None)


def test_a_bug_in_a_job_is_logged_with_its_place(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.submit("a", raising(ZeroDivisionError("float division")))
    bench.finish("a")
    (record,) = caplog.records
    assert record.getMessage() == "job a failed"
    assert record.exc_info is not None


def test_the_thread_outlives_a_state_that_cannot_be_noted(caplog: pytest.LogCaptureFixture) -> None:
    def tell(*_: Any) -> None:
        raise OSError("the disk is full")

    queue = JobQueue(tell)
    done = {"a": threading.Event(), "b": threading.Event()}
    for job_id in "ab":
        queue.submit(job_id, lambda work: done[work.job_id].set())
    assert all(queue.wait(job_id, SOON) for job_id in "ab")
    assert done["a"].is_set()
    assert done["b"].is_set()
    queue.close(SOON)
    assert "the state 'finished' of job b is written again later: the disk is full" in caplog.text


def test_position_waits_for_no_disk() -> None:
    """Pages ask every two seconds; the disk may take half a minute to note a state."""
    noting, go_on, found = threading.Event(), threading.Event(), dict[str, int | None]()

    def slow(job_id: str, state: str, error: str | None) -> None:
        noting.set()
        assert go_on.wait(SOON)

    queue = JobQueue(slow)
    for job_id in "ab":
        queue.submit(job_id, nothing)
    assert noting.wait(SOON)
    asking = threading.Thread(target=lambda: found.update({job_id: queue.position(job_id) for job_id in "abc"}))
    asking.start()
    asking.join(SOON)
    go_on.set()
    assert found == {"a": 0, "b": 1, "c": None}
    assert all(queue.wait(job_id, SOON) for job_id in "ab")
    queue.close(SOON)


def test_a_job_has_left_the_queue_only_when_its_end_is_noted() -> None:
    noting, go_on = threading.Event(), threading.Event()

    def tell(job_id: str, state: str, error: str | None) -> None:
        if state == "finished":
            noting.set()
            assert go_on.wait(SOON)

    queue = JobQueue(tell)
    queue.submit("a", nothing)
    assert noting.wait(SOON)
    assert not queue.wait("a", 0)
    go_on.set()
    assert queue.wait("a", SOON)
    queue.close(SOON)


def test_an_abandoned_job_ends_at_its_gate_and_nothing_more_is_told_of_it(bench: Bench) -> None:
    for job_id in "abc":
        bench.submit(job_id)
    begun(bench, "a")
    for job_id in "abx":
        bench.queue.abandon(job_id)
    assert bench.queue.position("b") is None
    bench.finish("a", "c")
    assert bench.states() == [("a", "running"), ("c", "running"), ("c", "finished")]


def test_how_long_a_job_runs_is_told_by_the_monotonic_clock(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("distill_core.jobs.queue.time.monotonic", lambda: 100.0)
    bench.submit("a")
    bench.submit("b")
    begun(bench, "a")
    monkeypatch.setattr("distill_core.jobs.queue.time.monotonic", lambda: 107.5)
    assert [bench.queue.running_seconds(job_id) for job_id in "abx"] == [7.5, None, None]
    monkeypatch.undo()
    bench.finish("a", "b")


def test_what_a_job_waits_at_its_gate_is_no_work(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def at(seconds: float) -> None:
        monkeypatch.setattr("time.monotonic", lambda: seconds)

    at(100.0)
    bench.submit("a")
    begun(bench, "a")
    bench.queue.pause("a")
    at(110.0)
    bench.go["a"].set()
    with bench.queue.hold(SOON):  # the job stands at its checkpoint
        at(150.0)
        assert bench.queue.running_seconds("a") == 10.0
        assert bench.queue.running_seconds("a", 130.0) == 0.0
        assert bench.queue._controls["a"].clock() == 10.0
    bench.queue.resume("a")
    assert bench.queue.wait("a", SOON)
    at(160.0)
    assert bench.queue.running_seconds("a") == 20.0
    assert bench.queue.running_seconds("a", 105.0) == 15.0


def test_a_pause_at_the_end_does_not_change_the_final_state() -> None:
    """A pause that comes while the end is being noted must not leave a finished job paused for ever."""
    told: list[str] = []
    noting, asked = threading.Event(), threading.Event()

    def tell(job_id: str, state: str, error: str | None) -> None:
        if state == "finished":
            noting.set()
            asked.wait(0.2)  # the visitor is at the door, who must wait till the end is noted
        told.append(state)

    def visit() -> None:
        assert noting.wait(SOON)
        queue.pause("a")
        asked.set()

    queue = JobQueue(tell)
    visitor = threading.Thread(target=visit)
    visitor.start()
    queue.submit("a", nothing)
    visitor.join(SOON)
    assert queue.wait("a", SOON)
    queue.close(SOON)
    assert told == ["running", "finished"]


def test_a_worker_that_was_warmed_up_is_prepared_before_the_first_job() -> None:
    prepared, told = threading.Event(), []
    queue = JobQueue(lambda job_id, state, error: told.append(state), prepare=prepared.set)
    queue.warm_up(0)
    queue.warm_up(0)
    assert prepared.wait(SOON)
    queue.submit("a", nothing)
    assert queue.wait("a", SOON)
    queue.close(SOON)
    queue.warm_up(0)
    assert told == ["running", "finished"]


def test_a_job_does_not_wait_for_the_warm_up() -> None:
    prepared, told = threading.Event(), []
    queue = JobQueue(lambda job_id, state, error: told.append(state), prepare=prepared.set)
    queue.warm_up(3_600)
    assert not prepared.is_set()
    queue.submit("a", nothing)
    assert queue.wait("a", SOON)
    assert prepared.is_set()
    queue.close(SOON)


def test_a_queue_that_was_only_warmed_up_closes_at_once() -> None:
    queue = JobQueue(lambda job_id, state, error: None)
    queue.warm_up(3_600)
    queue.close(SOON)
    assert not queue._thread.is_alive()


def test_a_state_that_could_not_be_told_is_told_again() -> None:
    told: list[tuple[str, str]] = []
    full = {"disk": True}

    def note(job_id: str, state: str, error: str | None) -> None:
        if state == "finished" and full["disk"]:
            raise OSError("no space left")
        told.append((job_id, state))

    queue = JobQueue(note)
    queue.submit("a", nothing)
    assert queue.wait("a", SOON)
    queue.retry_state_writes()
    assert told == [("a", "running")]
    full["disk"] = False
    queue.retry_state_writes()
    queue.retry_state_writes()
    queue.close(SOON)
    assert told == [("a", "running"), ("a", "finished")]


def test_hold_keeps_waiting_jobs_waiting(bench: Bench) -> None:
    with bench.queue.hold(SOON):
        bench.submit("a")
        assert bench.queue.position("a") == 1
        assert bench.told == []
    begun(bench, "a")


def test_hold_lets_go_of_training_when_what_is_inside_fails(bench: Bench) -> None:
    with pytest.raises(ZeroDivisionError), bench.queue.hold(SOON):
        raise ZeroDivisionError
    bench.submit("a")
    bench.finish("a")


def test_hold_says_that_training_did_not_pause_and_lets_it_go_on(bench: Bench) -> None:
    bench.submit("a")
    begun(bench, "a")
    with pytest.raises(Stopped, match=r"training did not pause within 0\.01 s; try again"), bench.queue.hold(0.01):
        pass
    bench.finish("a")
    assert bench.states()[-1] == ("a", "finished")


def test_two_do_not_measure_at_once(bench: Bench) -> None:
    with bench.queue.hold(SOON), pytest.raises(Stopped, match="try again"), bench.queue.hold(0.01):
        pass
    with bench.queue.hold(SOON):
        pass


def test_repeated_holds_let_other_holders_in_between(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    order, waits, quiet = list[str](), threading.Event(), bench.queue._is_quiet

    def looked() -> bool:
        if len(bench.queue._holders) == 2:
            waits.set()
        return quiet()

    def other() -> None:
        with bench.queue.hold(SOON):
            order.append("other")

    monkeypatch.setattr(bench.queue, "_is_quiet", looked)
    thread = threading.Thread(target=other)
    with bench.queue.hold(SOON):
        thread.start()
        assert waits.wait(SOON)
    with bench.queue.hold(SOON):
        order.append("first")
    thread.join(SOON)
    assert order == ["other", "first"]


def test_closing_interrupts_what_runs_and_what_waits(bench: Bench) -> None:
    before = set(threading.enumerate())
    bench.submit("a")
    bench.submit("b")
    begun(bench, "a")
    bench.queue.pause("a")
    bench.go["a"].set()
    bench.queue.close(SOON)
    bench.queue.close(SOON)
    reason = "the lab was closed while this job waited or ran"
    assert set(bench.told[2:]) == {("a", "interrupted", reason), ("b", "interrupted", reason)}
    assert not any(thread.name == "distill-worker" for thread in set(threading.enumerate()) - before)


def test_a_job_that_was_stopped_before_closing_is_stopped(bench: Bench) -> None:
    bench.submit("a")
    begun(bench, "a")
    bench.queue.stop("a")
    bench.go["a"].set()
    bench.queue.close(SOON)
    assert bench.states()[-1] == ("a", "stopped")


def test_closing_waits_no_longer_than_asked(bench: Bench) -> None:
    bench.submit("a")
    begun(bench, "a")
    bench.queue.close(0.01)
    assert bench.queue.position("a") == 0
    bench.finish("a")
    assert bench.states().count(("a", "interrupted")) == 1


def test_closing_tells_what_becomes_of_the_jobs_before_it_waits_for_them(bench: Bench) -> None:
    """A step may take longer than who closes has patience: the process may be gone before it ends."""
    for job_id in "abc":
        bench.submit(job_id)
    begun(bench, "a")
    bench.queue.stop("b")
    bench.queue.close(0)
    assert bench.states()[1:] == [("b", "stopped"), ("a", "interrupted"), ("c", "interrupted")]
    bench.go["a"].set()


def test_what_could_not_be_told_is_told_at_the_end_at_the_latest() -> None:
    told, full = list[str](), {"disk": True}

    def note(job_id: str, state: str, error: str | None) -> None:
        if full["disk"]:
            raise OSError("no space left")
        told.append(state)

    queue = JobQueue(note)
    queue.submit("a", nothing)
    assert queue.wait("a", SOON)
    full["disk"] = False
    queue.close(SOON)
    assert told == ["finished"]


def test_a_closed_queue_takes_no_job_and_an_unused_one_closes() -> None:
    queue = JobQueue(lambda job_id, state, error: None)
    queue.close()
    with pytest.raises(Stopped, match="submit the job again"):
        queue.submit("a", nothing)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives each thread a priority")
def test_only_the_worker_lowers_its_priority(bench: Bench) -> None:
    seen: list[int] = []
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    bench.submit("a", lambda work: seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id())))
    bench.finish("a")
    assert seen == [max(15, before)]
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before


def test_the_worker_is_a_named_daemon(bench: Bench) -> None:
    seen: list[threading.Thread] = []
    bench.submit("a", lambda work: seen.append(threading.current_thread()))
    bench.finish("a")
    assert (seen[0].name, seen[0].daemon) == ("distill-worker", True)


def test_an_idle_worker_does_what_waits_for_that_and_gives_way_to_a_job() -> None:
    idle, given_way, told = threading.Event(), threading.Event(), []
    came = threading.Event()

    def rest(checkpoint: Callable[[], None]) -> None:
        idle.set()
        assert came.wait(SOON)
        try:
            checkpoint()
        except Stopped:
            given_way.set()
            raise

    queue = JobQueue(lambda job_id, state, error: told.append(state), idle=rest)
    queue.warm_up(0)
    assert idle.wait(SOON)
    queue.submit("a", nothing)
    came.set()
    assert queue.wait("a", SOON)
    assert given_way.is_set()
    queue.close(SOON)
    assert told == ["running", "finished"]


def test_what_a_measurement_cut_off_is_done_after_it() -> None:
    begun, cut_off, done = threading.Event(), threading.Event(), threading.Event()

    def rest(checkpoint: Callable[[], None]) -> None:
        if cut_off.is_set():
            done.set()
        begun.set()
        try:
            while not done.is_set():
                checkpoint()
        finally:
            cut_off.set()

    queue = JobQueue(lambda job_id, state, error: None, idle=rest)
    queue.warm_up(0)
    assert begun.wait(SOON)
    with queue.hold(SOON):  # enters only once nothing else works
        assert cut_off.is_set()
        assert not done.is_set()
    assert done.wait(SOON)
    queue.close(SOON)


def test_a_paused_job_in_the_queue_does_not_keep_the_worker_from_resting() -> None:
    done = threading.Event()

    def rest(checkpoint: Callable[[], None]) -> None:
        checkpoint()
        done.set()

    queue = JobQueue(lambda job_id, state, error: None, idle=rest)
    with queue.hold(SOON):
        queue.submit("a", nothing)
        queue.pause("a")
    assert done.wait(SOON)
    queue.close(SOON)


def test_what_fails_while_nothing_waits_leaves_the_worker_at_work() -> None:
    told: list[str] = []

    def rest(checkpoint: Callable[[], None]) -> None:
        raise ValueError("a bug")

    queue = JobQueue(lambda job_id, state, error: told.append(state), idle=rest)
    for job_id in ("a", "b"):
        queue.submit(job_id, nothing)
        assert queue.wait(job_id, SOON)
    queue.close(SOON)
    assert told == ["running", "finished"] * 2


def test_what_is_done_while_nothing_waits_is_done_again_when_it_asks_for_it() -> None:
    answers, done = iter([0.0, 0.0, None]), threading.Event()
    rests = list[int]()

    def idle(checkpoint: Callable[[], None]) -> float | None:
        rests.append(1)
        if (again := next(answers)) is None:
            done.set()
        return again

    queue = JobQueue(lambda *told: None, idle=idle)
    queue.warm_up(0)
    assert done.wait(60)
    with queue.hold():
        assert len(rests) == 3
    queue.close()


def test_a_hold_does_not_prevent_a_later_idle_call() -> None:
    """The holder comes while the worker rests, and is gone before the worker is to rest again."""
    resting, again = threading.Event(), threading.Event()

    def rest(checkpoint: Callable[[], None]) -> float | None:
        if resting.is_set():
            again.set()
            return None
        resting.set()
        while not queue._holders:  # nothing tells that one has come to wait
            again.wait(0.001)
        return 0.2

    queue = JobQueue(lambda *told: None, idle=rest)
    queue.warm_up(0)
    assert resting.wait(SOON)
    with queue.hold(SOON):
        assert not again.is_set()
    assert again.wait(SOON)
    queue.close(SOON)
