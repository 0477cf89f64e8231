"""The worker pool: chains in order, side by side, and at rest again whatever happens."""

import os
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from distill_core.errors import Stopped
from distill_core.jobs.pool import WorkerPool


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    two = WorkerPool(2)
    yield two
    two.close()


def chain(name: str, length: int, said: list[tuple[str, int]]) -> list[Callable[[], None]]:
    return [lambda place=place: said.append((name, place)) for place in range(length)]


def test_every_piece_is_done_once_and_each_chain_in_its_order(pool: WorkerPool) -> None:
    said: list[tuple[str, int]] = []
    pool([chain("a", 20, said), chain("b", 3, said), chain("c", 11, said), []])
    for name, length in (("a", 20), ("b", 3), ("c", 11)):
        assert [place for one, place in said if one == name] == list(range(length))
    assert len(said) == 34


def test_no_chain_is_nothing_to_do(pool: WorkerPool) -> None:
    pool([])
    pool([[], []])


def test_two_chains_are_done_at_the_same_time(pool: WorkerPool) -> None:
    both = threading.Barrier(2)
    pool([[lambda: both.wait(20) and None], [lambda: both.wait(20) and None]])


def test_the_chain_that_is_least_far_comes_next() -> None:
    alone, said = WorkerPool(1), []
    alone([chain("a", 2, said), chain("b", 2, said), chain("c", 1, said)])
    alone.close()
    assert said == [("a", 0), ("b", 0), ("c", 0), ("a", 1), ("b", 1)]


def test_one_chain_is_never_in_two_hands(pool: WorkerPool) -> None:
    """While its first piece is in one hand, the other does all the rest and comes back empty-handed."""
    rest_is_done, said = threading.Event(), []

    def long() -> None:
        said.append(("a", 0))
        assert rest_is_done.wait(20)

    others = [*chain("b", 30, said), rest_is_done.set]
    pool([[long, lambda: said.append(("a", 1))], others])
    assert [one for one in said if one[0] == "a"] == [("a", 0), ("a", 1)]


def test_a_failing_piece_is_raised_when_all_are_at_rest_and_the_crew_goes_on(pool: WorkerPool) -> None:
    both, failed, said = threading.Barrier(2), threading.Event(), []

    def fail() -> None:
        both.wait(20)
        failed.set()
        raise ValueError("no")

    def slow() -> None:
        both.wait(20)
        failed.wait(20)
        said.append(("slow", 0))

    with pytest.raises(ValueError, match="no"):
        pool([[fail, lambda: said.append(("after the failure", 0))], [slow]])
    assert said == [("slow", 0)]
    pool([chain("b", 1, said)])
    assert said[-1] == ("b", 0)


def test_closing_twice_is_fine() -> None:
    one = WorkerPool(1)
    one([[lambda: None]])
    one.close()
    one.close()


def test_a_closed_crew_stops_the_work_of_its_job() -> None:
    one = WorkerPool(1)
    one.close()
    with pytest.raises(Stopped, match="closing"):
        one([[lambda: None]])


def test_a_thread_that_could_not_begin_says_why_each_time_and_begins_later() -> None:
    """A pool whose initializer failed says only that it is broken, which read as a lab that closes."""
    said, refused = list[str](), {"begin": True}

    def begin() -> None:
        if refused["begin"]:
            raise MemoryError("no memory for a thread's buffers")
        said.append("begun")

    one = WorkerPool(1, initializer=begin)
    for _ in range(2):
        with pytest.raises(MemoryError, match="no memory for a thread's buffers"):
            one([[lambda: said.append("piece")]])
    refused["begin"] = False
    for _ in range(2):
        one([[lambda: said.append("piece")]])
    one.close()
    assert said == ["begun", "piece", "piece"]


def test_a_machine_without_threads_to_give_is_no_lab_that_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    one = WorkerPool(1)
    monkeypatch.setattr(threading.Thread, "start", none)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        one([[lambda: None]])
    monkeypatch.undo()
    one.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives each thread a priority")
def test_the_crew_stands_back(pool: WorkerPool) -> None:
    seen: list[int] = []
    pool([[lambda: seen.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))]])
    assert seen == [15]
