"""Caches what was read from the database until any process writes to it."""

import sqlite3
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from copy import copy
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from distill_core.jobs import Lock
from distill_core.store.pools import Pools

# Cached results of one state of the database, those that were asked for last.
MOST = 512
# By cache: how often this process had written when a thread last looked for changes; None outside of ``steady``.
_LOOKED: ContextVar[dict[int, int] | None] = ContextVar("looked", default=None)
P = ParamSpec("P")
A = TypeVar("A")


class Unchanged:
    """A cache of query results for the current state of a SQLite database, whose ``data_version`` shows whether another
    connection, of any process, has written. Other databases are not cached."""

    def __init__(self, pools: Pools) -> None:
        self._pools = pools
        self._lock = Lock()
        self._watcher: sqlite3.Connection | None = None
        self._opened = 0
        self._version: tuple[int, int] | None = None
        self._answers: dict[object, Any] = {}

    def ask(self, key: object, read: Callable[[], Any]) -> Any:
        """The cached result of ``read`` for this key. Raises as ``read``; StorageFailed for a replaced file."""
        if self._pools.file is None:
            return read()
        looked, written = _LOOKED.get(), self._pools.written
        if looked is not None and looked.get(id(self)) == written:
            with self._lock:
                if key in self._answers:
                    return self._newest(key)
        self._pools.file.check()
        with self._lock:
            before = self._read_version()
            if before is not None and looked is not None:
                looked[id(self)] = written
            if before is not None and key in self._answers:
                return self._newest(key)
        answer = read()
        with self._lock:
            # A result is cached only if no connection wrote during the read.
            if before is not None and before == self._read_version():
                self._answers[key] = answer
                if len(self._answers) > MOST:
                    del self._answers[next(iter(self._answers))]
        return answer

    @contextmanager
    def steady(self) -> Iterator[None]:
        """What this thread asks inside is looked for in the file once, and again after this process wrote: what another
        process writes meanwhile is seen by the next one who asks. Each look lets other threads go first."""
        token = _LOOKED.set({})
        try:
            yield
        finally:
            _LOOKED.reset(token)

    def forget(self) -> None:
        """Clear the cache and close the file; a later query opens it again."""
        with self._lock:
            self._forget()

    def _newest(self, key: object) -> Any:
        answer = self._answers[key] = self._answers.pop(key)
        return answer

    def _read_version(self) -> tuple[int, int] | None:
        """The version of the database, None on an error; clears older results. ``data_version`` is relative to its
        connection, so the number of connections opened so far is a part of it."""
        try:
            if self._watcher is None:
                # Read-only use, by one thread at a time; mode=rw does not create a missing file.
                file = f"{Path(self._pools.reader.url.database or '').absolute().as_uri()}?mode=rw"
                self._watcher = sqlite3.connect(file, uri=True, isolation_level=None, check_same_thread=False)
                self._opened += 1
            (changes,) = self._watcher.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:  # the following read reports the error
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
    """Cache a method that only reads the database, by its arguments. Callers must not modify the results, except for a
    returned list, set or dictionary itself, which is a copy."""

    @wraps(read)
    def asked(self: R, *args: P.args, **kwargs: P.kwargs) -> A:
        key = (read.__qualname__, *map(_key, args), *((name, _key(value)) for name, value in kwargs.items()))
        answer: A = self._unchanged.ask(key, lambda: read(self, *args, **kwargs))
        return copy(answer) if isinstance(answer, list | dict | set) else answer

    return cast("Callable[Concatenate[R, P], A]", asked)


def _key(value: object) -> object:
    # A mapping stays as it is and is refused as a key: iterating it would leave out its values.
    return (type(value).__name__, *value) if isinstance(value, list | tuple | Set) else value
