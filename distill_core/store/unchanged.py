"""What was read of the database is not read again before something is written there, by whatever process."""

import sqlite3
from collections.abc import Callable, Set
from contextlib import suppress
from copy import copy
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from distill_core.jobs import Lock
from distill_core.store.pools import Pools

__all__ = ["Unchanged", "unchanged"]

# Answers of one state of the database; more are read anew.
MOST = 512
P = ParamSpec("P")
A = TypeVar("A")


class Unchanged:
    """Answers for as long as the database is as it was. SQLite tells a connection whether another one, of any process,
    has written since it last asked; of another database nothing is kept."""

    def __init__(self, pools: Pools) -> None:
        self._pools = pools
        self._lock = Lock()
        self._watcher: sqlite3.Connection | None = None
        self._opened = 0
        self._version: tuple[int, int] | None = None
        self._answers: dict[object, Any] = {}

    def ask(self, key: object, read: Callable[[], Any]) -> Any:
        """What ``read`` answered for this key. Raises what it raises, and StorageFailed where the file is another."""
        if self._pools.file is None:
            return read()
        self._pools.file.check()
        with self._lock:
            before = self._look()
            if before is not None and key in self._answers:
                return self._answers[key]
        answer = read()
        with self._lock:
            # What is written meanwhile may be in the answer or not.
            if before is not None and before == self._look() and len(self._answers) < MOST:
                self._answers[key] = answer
        return answer

    def forget(self) -> None:
        """Let go of all answers, and of the file; who asks again opens it anew."""
        with self._lock:
            self._forget()

    def _look(self) -> tuple[int, int] | None:
        """The version of the database, after which older answers are gone; None where it cannot be told. Each
        connection counts from the same number, so how many there were is a part of it."""
        try:
            if self._watcher is None:
                # It only looks, from any thread but one at a time; as a file that has to be there.
                file = f"{Path(self._pools.reader.url.database or '').absolute().as_uri()}?mode=rw"
                self._watcher = sqlite3.connect(file, uri=True, isolation_level=None, check_same_thread=False)
                self._opened += 1
            (changes,) = self._watcher.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:  # who then reads is told why
            self._forget()
            return None
        version = self._opened, changes
        if version != self._version:
            self._answers.clear()
            self._version = version
        return self._version

    def _forget(self) -> None:
        self._answers.clear()
        self._version = None
        if self._watcher is not None:
            with suppress(sqlite3.Error):
                self._watcher.close()
            self._watcher = None


class _Reader(Protocol):
    _unchanged: Unchanged


R = TypeVar("R", bound=_Reader)


def unchanged(read: Callable[Concatenate[R, P], A]) -> Callable[Concatenate[R, P], A]:
    """For a method that reads the database and nothing else: the same question is asked there once a change. Nobody
    may change what it answers; a list, set or dictionary is one's own."""

    @wraps(read)
    def asked(self: R, *args: P.args, **kwargs: P.kwargs) -> A:
        key = (read.__qualname__, *map(_key, args), *((name, _key(value)) for name, value in kwargs.items()))
        answer: A = self._unchanged.ask(key, lambda: read(self, *args, **kwargs))
        return copy(answer) if isinstance(answer, list | dict | set) else answer

    return cast("Callable[Concatenate[R, P], A]", asked)


def _key(value: object) -> object:
    # A mapping is none of these, and is refused as a key: its values would be left out.
    return (type(value).__name__, *value) if isinstance(value, list | tuple | Set) else value
