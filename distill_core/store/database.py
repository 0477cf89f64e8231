"""Opening the database: SQLite with a write-ahead log by default, PostgreSQL by URL, brought up to date at once."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from distill_core.errors import StorageFailed, explain
from distill_core.store.encoding import decode, encode
from distill_core.store.refusals import advice

__all__ = ["open_database", "reading", "writing"]

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 30_000
WRITER_LOCK = 0x64697374  # any number that is the same in every lab


def open_database(url: str | URL) -> Engine:
    """An engine on an up-to-date database. Two processes may open a new one at once.

    Raises: StorageFailed where the database cannot be used, or was made by a newer version.
    """
    engine = _engine(url)
    try:
        with writing(engine) as connection:
            _migrate(connection)
    except CommandError as error:
        engine.dispose()
        raise StorageFailed(
            explain(
                "the lab's database",
                wanted=f"revision {_head()} or older",
                came=str(error),
                do="it was made by a newer lab: update this one, or point DISTILL_HOME to another folder",
            )
        ) from error
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads.

    Raises: StorageFailed where disk, rights or another program are in the way; bugs of ours stay as they are.
    """
    with _translated(), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: all of it or nothing, and nobody else writes meanwhile.

    Raises: StorageFailed where disk, rights or another program are in the way; bugs of ours stay as they are.
    """
    with _translated(), engine.execution_options(writes=True).begin() as connection:
        yield connection


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        do = advice(error)
        if do is None:
            raise  # a statement or a value that is our bug, not the disk's
        cause = getattr(error, "orig", None) or error
        told = explain("the lab's database", wanted="to read or write it", came=cause, do=f"{do}; nothing was changed")
        raise StorageFailed(told) from error


def _engine(url: str | URL) -> Engine:
    try:
        engine = create_engine(url, json_serializer=encode, json_deserializer=decode, hide_parameters=True)
    except (SQLAlchemyError, ImportError, ValueError) as error:  # ValueError: a port that is no number
        do = "mend DISTILL_DATABASE_URL, install the driver that it names, or unset it to use a file"
        wanted = "a URL such as postgresql+psycopg://user:password@host/name"
        # A password may stand in what could not be read as a number.
        came = type(error).__name__ if isinstance(error, ValueError) else error
        raise StorageFailed(explain("the lab's database", wanted=wanted, came=came, do=do)) from error
    if "@" in (engine.url.host or ""):  # the driver's own error would tell the end of the password
        do = "write an @ of the password as %40"
        raise StorageFailed(explain("the lab's database", wanted="one @ in the URL", came="two", do=do))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    # pysqlite would begin and commit on its own; _begin_sqlite does it instead, so that tables are made whole too.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    _keep_log(connection)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")


def _keep_log(connection: sqlite3.Connection) -> None:
    # The switch to a write-ahead log does not wait for others that switch too, whatever busy_timeout says.
    deadline = time.monotonic() + BUSY_MS / 1000
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    # A reader that starts to write later would fail at once if another wrote in between; a writer says so at first.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    # One writer at a time, as in SQLite: what a transaction looked up stays true until it has written.
    if _writes(connection):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("writes", False))


def _migrate(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _head() -> str:
    return ScriptDirectory.from_config(_config()).get_current_head() or "none"
