"""A value that is made once."""

import threading

import pytest

from distill_core.jobs.lazy import Lazy


def test_calls_while_it_is_made_get_the_same() -> None:
    begun, go, made, got = threading.Event(), threading.Event(), [], []

    def make() -> object:
        begun.set()
        assert go.wait(20)
        made.append(object())
        return made[-1]

    once = Lazy(make)
    visitors = [threading.Thread(target=lambda: got.append(once())) for _ in range(4)]
    for visitor in visitors:
        visitor.start()
    assert begun.wait(20)
    go.set()
    for visitor in visitors:
        visitor.join(20)
    assert got == made * 4


def test_it_is_made_anew_after_it_was_let_go_and_let_go_once() -> None:
    ended: list[object] = []
    once = Lazy(object)
    first = once()
    once.reset(ended.append)
    once.reset(ended.append)
    assert ended == [first]
    assert once() is not first


def test_what_could_not_be_made_is_tried_again() -> None:
    tries: list[int] = []

    def make() -> int:
        tries.append(1)
        return 7 // (len(tries) - 1)

    once = Lazy(make)
    with pytest.raises(ZeroDivisionError):
        once()
    assert once() == 7
