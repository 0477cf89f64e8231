"""A value that is made once, however many threads ask first."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["Lazy"]

Value = TypeVar("Value")


class Lazy(Generic[Value]):
    """Makes its value at the first call, and anew after it was let go."""

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: list[Value] = []

    def __call__(self) -> Value:
        """The value. Raises what making it raises; the next call tries again."""
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]

    def reset(self, end: Callable[[Value], None]) -> None:
        """Forget the value and ``end`` it; nothing where there is none."""
        with self._lock:
            while self._made:
                end(self._made.pop())
