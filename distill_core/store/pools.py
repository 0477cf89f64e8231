"""Connection pools of one database: many readers, and one writer at a time."""

import re
import sqlite3
import time
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from distill_core.errors import InvalidSetting, StorageFailed, explain, said
from distill_core.store.encoding import decode, encode
from distill_core.store.identity import SameFile
from distill_core.store.refusals import LATER

# Pages fail soon while another program holds the database; results that took long to compute wait longer.
SHORT_SECONDS, PATIENT_SECONDS = 5.0, 120.0
WRITER_LOCK = 0x64697374  # any number that is the same in every lab
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# Invalid UTF-8 would fail a whole query; replaced, it changes only its own value.
_as_text = partial(str, encoding="utf-8", errors="replace")


class Pools:
    """A pool of readers and a pool of one writer. Readers never wait for writers."""

    def __init__(self, url: str | URL) -> None:
        self.reader = _engine(url)
        # The single connection serialises writers: the others wait for it without holding anything.
        self.writer = _engine(url, pool_size=1, max_overflow=0)
        self.file = _file(self.reader)
        # Another number after each transaction of this process, so that a cache need not ask the file after each of its
        # answers. Each is set once, whichever of two threads comes first: no number comes back.
        self.written = 0
        self._numbers = count(1)

    def to_write(self, patience_seconds: float) -> Connection:
        """The writer's connection, once it is free; the rest of ``patience_seconds`` is its lock timeout.

        Raises: StorageFailed where other writers hold it for longer.
        """
        ends = time.monotonic() + patience_seconds
        while True:
            try:
                connection = self.writer.connect()
            except PoolTimeout as error:
                if time.monotonic() >= ends:
                    got, hint = (
                        said("other writers for {patience_seconds:g} s", patience_seconds),
                        said("{how}; nothing was changed", LATER),
                    )
                    message = explain("the lab's database", expected="a turn to write", got=got, hint=hint)
                    raise StorageFailed(message) from error
            else:
                left = max(0.0, ends - time.monotonic())
                return connection.execution_options(patience_ms=max(1, round(1000 * left)))

    def note_written(self) -> None:
        """Let caches look again."""
        self.written = next(self._numbers)

    def dispose(self) -> None:
        """Close the idle connections; a later query opens new ones."""
        for engine in (self.reader, self.writer):
            engine.dispose()
        if self.file is not None:
            self.file.forget()


def _engine(url: str | URL, **pool: int) -> Engine:
    try:
        options = {"json_serializer": encode, "json_deserializer": decode, "hide_parameters": True}
        # A server may have been started anew since a connection was used last; a file has no such moment.
        ping = make_url(url).get_backend_name() != "sqlite"
        engine = create_engine(url, **options, pool_timeout=SHORT_SECONDS, pool_pre_ping=ping, **pool)
    except (SQLAlchemyError, ImportError, ValueError, TypeError) as error:  # ValueError: a port that is no number
        hint = "mend DISTILL_DATABASE_URL, install the driver that it names, or unset it to use a file"
        expected = "a URL such as postgresql+psycopg://user:password@host/name"
        # The text of a ValueError may contain the password.
        got = type(error).__name__ if isinstance(error, ValueError) else error
        raise StorageFailed("the lab's database", expected=expected, got=got, hint=hint) from error
    if "@" in (engine.url.host or ""):  # the driver's own error would show the end of the password
        hint = "write an @ of the password as %40"
        raise StorageFailed("the lab's database", expected="one @ in the URL", got="two", hint=hint)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
        event.listen(engine, "before_cursor_execute", _refuse_unstorable)
    return engine


def _file(engine: Engine) -> SameFile | None:
    named = engine.url.database
    if engine.dialect.name != "sqlite" or not named or named.startswith((":", "file:")):
        return None
    return SameFile(Path(named).absolute())


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    # pysqlite would begin and commit on its own, outside of CREATE TABLE; _begin_sqlite begins instead.
    connection.isolation_level = None
    connection.text_factory = _as_text
    connection.execute(f"PRAGMA busy_timeout = {round(1000 * SHORT_SECONDS)}")
    _keep_log(connection)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")


def _keep_log(connection: sqlite3.Connection) -> None:
    # The switch to a write-ahead log ignores busy_timeout, so it is repeated.
    deadline = time.monotonic() + PATIENT_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    patience_ms = _patience_ms(connection)
    if patience_ms is None:
        connection.exec_driver_sql("BEGIN")
        return
    # A transaction that reads first fails at its first write if another wrote in between; IMMEDIATE locks at once.
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience_ms}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    # One writer at a time, as in SQLite: what a transaction has read stays true until it has written.
    patience_ms = _patience_ms(connection)
    if patience_ms is not None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {patience_ms}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")


def _refuse_unstorable(
    connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
) -> None:
    """SQLite takes any text; PostgreSQL none with NUL, and no half of a character."""
    for row in parameters if executemany else [parameters]:
        for value in row.values() if isinstance(row, dict) else row:
            if isinstance(value, str) and (found := UNSTORABLE.search(value)):
                got, hint = f"U+{ord(found[0]):04X}", "leave that character out"
                raise InvalidSetting("a text", expected="characters that can be stored", got=got, hint=hint)


def _patience_ms(connection: Connection) -> int | None:
    """The lock timeout of a writer in ms; None for a reader."""
    patience_ms: int | None = connection.get_execution_options().get("patience_ms")
    return patience_ms
