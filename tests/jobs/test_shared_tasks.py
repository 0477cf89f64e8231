"""Background tasks by key: shared by those who ask for the same, one after the other, stopped by the last asker."""

import threading
from collections.abc import Iterator

import pytest

from distill_core.errors import InvalidSetting, Stopped
from distill_core.jobs.background_task import TaskControl
from distill_core.jobs.shared_tasks import MOST_WAITING, SharedTasks

WAIT = 30


@pytest.fixture
def tasks() -> Iterator[SharedTasks]:
    tasks = SharedTasks("test-shared")
    yield tasks
    tasks.close(WAIT)


class Work:
    """Work that tells when it begins, and goes on until it is let go or stopped."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, control: TaskControl) -> None:
        self.begun.set()
        while not self.go_on.wait(0.01):
            control.checkpoint()
        control.report(1, "")


def begun(tasks: SharedTasks, key: str, asker: str) -> Work:
    work = Work()
    tasks.start(key, asker, f"Finding {key}", 1, work)
    assert work.begun.wait(WAIT)
    return work


def test_who_asks_for_the_same_shares_the_work_until_the_last_one_stops_it(tasks: SharedTasks) -> None:
    work, second = begun(tasks, "a", "Ada"), Work()
    tasks.start("a", "Bob", "Finding a", 1, second)
    tasks.stop("a", "Eve")
    tasks.stop("a", "Ada")
    tasks.stop("a", "Ada")
    work.go_on.set()
    ended = tasks.wait("a", WAIT)
    assert ended is not None
    assert (ended.finished, ended.stopped, second.begun.is_set()) == (True, False, False)


def test_a_task_without_askers_is_stopped_and_another_one_may_follow_at_once(tasks: SharedTasks) -> None:
    begun(tasks, "a", "Ada")
    tasks.stop("a", "Ada")
    begun(tasks, "a", "Bob").go_on.set()
    ended = tasks.wait("a", WAIT)
    assert ended is not None
    assert (ended.finished, ended.stopped) == (True, False)


def test_another_task_waits_for_its_turn_and_can_be_stopped_meanwhile(tasks: SharedTasks) -> None:
    first, second, third = begun(tasks, "a", "Ada"), Work(), Work()
    tasks.start("b", "Bob", "Finding b", 1, second)
    tasks.start("c", "Cid", "Finding c", 1, third)
    tasks.stop("b", "Bob")
    ended = tasks.wait("b", WAIT)
    assert ended is not None
    assert (ended.stopped, second.begun.is_set(), third.begun.is_set()) == (True, False, False)
    assert [status.title for status in tasks.running()] == ["Finding a"]
    first.go_on.set()
    assert third.begun.wait(WAIT)
    assert [status.title for status in tasks.running()] == ["Finding c"]
    third.go_on.set()


def test_a_failure_lets_the_next_one_run(tasks: SharedTasks) -> None:
    def broken(control: TaskControl) -> None:
        raise ValueError("broke")

    tasks.start("a", "Ada", "Finding a", 1, broken)
    begun(tasks, "b", "Ada").go_on.set()
    ended = tasks.wait("a", WAIT)
    assert ended is not None
    assert ended.error == "ValueError: broke"


def test_closed_ones_end_and_refuse_others(tasks: SharedTasks) -> None:
    begun(tasks, "a", "Ada")
    waiting = Work()
    tasks.start("b", "Bob", "Finding b", 1, waiting)
    tasks.close(WAIT)
    assert tasks.running() == ()
    assert [status.stopped for key in ("a", "b") if (status := tasks.snapshot(key))] == [True, True]
    with pytest.raises(Stopped, match="closing"):
        tasks.start("c", "Cid", "Finding c", 1, Work())
    assert tasks.snapshot("never") is None
    assert tasks.wait("never", 0) is None


def test_after_a_thread_that_could_not_start_the_next_task_runs(
    tasks: SharedTasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    begun(tasks, "a", "Ada").go_on.set()
    ended = tasks.wait("a", WAIT)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", full)
        for key in ("a", "b"):
            with pytest.raises(RuntimeError, match="new thread"):
                tasks.start(key, "Ada", f"Finding {key}", 1, Work())
    assert (tasks.snapshot("a"), tasks.snapshot("b")) == (ended, None)
    begun(tasks, "b", "Ada").go_on.set()


def test_only_so_many_wait(tasks: SharedTasks) -> None:
    first = begun(tasks, "a", "Ada")
    for number in range(MOST_WAITING):
        tasks.start(f"{number}", "Bob", "Finding", 1, Work())
    with pytest.raises(InvalidSetting, match="that wait"):
        tasks.start("another", "Cid", "Finding another", 1, Work())
    tasks.start("0", "Cid", "Finding", 1, Work())  # shares one
    tasks.stop("1", "Bob")
    tasks.wait("1", WAIT)
    tasks.start("another", "Cid", "Finding another", 1, Work())
    first.go_on.set()


def test_a_stopped_task_whose_key_is_asked_again_is_told_and_waited_for(tasks: SharedTasks) -> None:
    ends, begins = threading.Event(), threading.Event()

    def slow(control: TaskControl) -> None:
        begins.set()
        assert ends.wait(WAIT)  # a step without a checkpoint

    tasks.start("a", "Ada", "The first", 1, slow)
    assert begins.wait(WAIT)
    tasks.stop("a", "Ada")
    tasks.start("a", "Bob", "The second", 1, Work())
    assert [status.title for status in tasks.running()] == ["The first"]
    closing = threading.Thread(target=tasks.close, args=(WAIT,))
    closing.start()
    closing.join(0.01)
    assert closing.is_alive()
    ends.set()
    closing.join(WAIT)
    assert tasks.running() == ()
