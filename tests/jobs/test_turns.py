"""One at a time, and whoever fails lets the next one in."""

import threading

import pytest

from distill_core.jobs import Turns

WAIT = 30


def test_one_at_a_time_is_inside() -> None:
    turns, inside, most = Turns(), list[int](), list[int]()

    def work(number: int) -> None:
        for _ in range(200):
            with turns:
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert (set(most), len(most)) == ({1}, 800)


def test_a_failure_ends_the_turn() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns:
        raise ZeroDivisionError
    with turns:
        pass
