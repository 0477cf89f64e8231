"""Pieces of work and measurements are never under way together."""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from distill_core.errors import Stopped
from distill_core.jobs.measurement_lock import MeasurementLock

WAIT = 30


def open_gate() -> None:
    """Nobody waits."""


def started(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_pieces_and_measurements_take_turns_in_whatever_order_they_come() -> None:
    measurement_lock, lock, inside, seen = MeasurementLock(), threading.Lock(), list[str](), set[tuple[str, ...]]()

    def enter(who: str) -> None:
        with lock:
            inside.append(who)
            seen.add(tuple(sorted(set(inside))))

    def leave(who: str) -> None:
        with lock:
            inside.remove(who)

    def call() -> None:
        enter("measured")
        leave("measured")

    def timed(call: Callable[[], object], *, checkpoint: Callable[[], object]) -> None:
        for _ in range(20):
            call()
            checkpoint()

    def work() -> None:
        for _ in range(100):
            with measurement_lock.shared(open_gate):
                enter("piece")
                leave("piece")

    def measure() -> None:
        for _ in range(20):
            measurement_lock.exclusive(timed)(call, checkpoint=open_gate)

    for thread in [started(one) for one in (work, work, measure)]:
        thread.join(WAIT)
    assert seen == {("piece",), ("measured",)}
    assert inside == []


def test_a_piece_waits_for_a_measurement_and_a_stop_ends_its_waiting() -> None:
    measurement_lock, measures, go_on, stop = MeasurementLock(), threading.Event(), threading.Event(), threading.Event()
    asked, done = threading.Event(), list[str]()

    def checkpoint() -> None:
        if measures.is_set():
            asked.set()
        if stop.is_set():
            raise Stopped("enough")

    def timed(call: Callable[[], object], *, checkpoint: Callable[[], object]) -> None:
        measures.set()
        assert go_on.wait(WAIT)
        done.append("measured")

    def work() -> None:
        with suppress(Stopped), measurement_lock.shared(checkpoint):
            done.append("piece")

    measurement = started(lambda: measurement_lock.exclusive(timed)(open_gate, checkpoint=open_gate))
    assert measures.wait(WAIT)
    piece = started(work)
    assert asked.wait(WAIT)
    assert done == []
    stop.set()
    piece.join(WAIT)
    assert (piece.is_alive(), done) == (False, [])
    go_on.set()
    measurement.join(WAIT)
    assert done == ["measured"]


def tells(measurement_lock: MeasurementLock, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set as soon as a measurement waits for a piece."""
    waits, wait_for = threading.Event(), measurement_lock._changed.wait_for

    def noted(is_so: Callable[[], bool]) -> bool:
        if not is_so():
            waits.set()
        return wait_for(is_so)

    monkeypatch.setattr(measurement_lock._changed, "wait_for", noted)
    return waits


def test_a_measurement_waits_for_the_pieces_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    measurement_lock, done = MeasurementLock(), list[str]()
    waits = tells(measurement_lock, monkeypatch)

    def timed(call: Callable[[], object], *, checkpoint: Callable[[], object]) -> None:
        done.append("measured")

    with measurement_lock.shared(open_gate):
        measurement = started(lambda: measurement_lock.exclusive(timed)(open_gate, checkpoint=open_gate))
        assert waits.wait(WAIT)
        done.append("piece")
    measurement.join(WAIT)
    assert done == ["piece", "measured"]


def test_pieces_go_on_while_a_measurement_rests_and_it_waits_for_them_again(monkeypatch: pytest.MonkeyPatch) -> None:
    measurement_lock, resting, begun, done = MeasurementLock(), threading.Event(), threading.Event(), list[str]()
    waits, threads = tells(measurement_lock, monkeypatch), list[threading.Thread]()

    def work() -> None:
        with measurement_lock.shared(open_gate):
            begun.set()
            assert waits.wait(WAIT)
            done.append("piece")

    def checkpoint() -> None:
        """Paused, and resumed while a piece is under way."""
        resting.set()
        threads.append(started(work))
        assert begun.wait(WAIT)
        resting.clear()

    def timed(call: Callable[[], object], *, checkpoint: Callable[[], object]) -> str:
        checkpoint()
        done.append("measured")
        return "a timing"

    assert measurement_lock.exclusive(timed, resting.is_set)(open_gate, checkpoint=checkpoint) == "a timing"
    threads[0].join(WAIT)
    assert done == ["piece", "measured"]


def test_a_measurement_that_fails_lets_pieces_on() -> None:
    measurement_lock = MeasurementLock()

    def timed(call: Callable[[], object], *, checkpoint: Callable[[], object]) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        measurement_lock.exclusive(timed)(open_gate, checkpoint=open_gate)
    with measurement_lock.shared(open_gate):
        pass
