"""Background tasks by key: shared by those who ask for the same, one after the other, stopped by the last asker."""

import threading
from collections.abc import Iterator

import pytest

from distill_core.errors import Stopped
from distill_core.jobs.background_task import TaskControl
from distill_core.jobs.shared_tasks import SharedTasks

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
