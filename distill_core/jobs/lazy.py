"""A value that is created at its first use, once for all threads."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Lazy(Generic[Value]):
    """Creates its value at the first call, and again after ``reset``."""

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: list[Value] = []

    def __call__(self) -> Value:
        """The value. Raises what ``make`` raises; the next call tries again."""
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]

    def reset(self, end: Callable[[Value], None]) -> None:
        """Remove the value and pass it to ``end``; without a value it has no effect."""
        with self._lock:
            while self._made:
                end(self._made.pop())
