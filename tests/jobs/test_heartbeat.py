"""The heartbeat: again and again, whatever becomes of it, until it is closed."""

import threading

import pytest

from distill_core.jobs.heartbeat import Heartbeat

SOON = 10.0


def test_it_goes_on_after_a_failure_and_logs_the_first_in_a_row(caplog: pytest.LogCaptureFixture) -> None:
    enough, beats = threading.Event(), list[int]()

    def beat() -> None:
        beats.append(len(beats))
        if len(beats) == 5:
            enough.set()
        if len(beats) in (1, 2, 4):
            raise OSError("no space left")

    before = set(threading.enumerate())
    heart = Heartbeat(beat, 0.001)
    (thread,) = set(threading.enumerate()) - before
    assert enough.wait(SOON)
    heart.close()
    heart.close()
    assert [record.getMessage() for record in caplog.records] == [
        "a heartbeat failed, and is tried again: no space left"
    ] * 2
    assert not thread.is_alive()


def test_none_begins_before_its_time() -> None:
    beats: list[int] = []
    heart = Heartbeat(lambda: beats.append(1), 3_600)
    heart.close()
    assert beats == []


def test_it_may_close_itself() -> None:
    closed = threading.Event()

    def beat() -> None:
        heart.close()
        closed.set()

    heart = Heartbeat(beat, 0.001)
    assert closed.wait(SOON)
