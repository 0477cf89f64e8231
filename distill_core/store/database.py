"""Opens and migrates the database: SQLite with a write-ahead log by default, PostgreSQL by URL."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection
from sqlalchemy.exc import SQLAlchemyError

from distill_core.errors import StorageFailed, explain, said
from distill_core.jobs import Lock
from distill_core.store.pools import PATIENT_SECONDS, SHORT_SECONDS, Pools
from distill_core.store.refusals import advice, cause

# alembic keeps what it migrates in its module: one database of this process at a time.
_MIGRATING = Lock()
MIGRATIONS = Path(__file__).parent / "migrations"


def open_database(url: str | URL) -> Pools:
    """Open a database and migrate it. Two processes may open a new database at once.

    Raises: StorageFailed where the database cannot be used, or was written by a newer version.
    """
    pools = Pools(url)
    try:
        with writing(pools, patience_seconds=PATIENT_SECONDS) as connection:
            _migrate(connection)
    except CommandError as error:
        pools.dispose()
        raise StorageFailed(
            "the lab's database",
            expected=said("revision {head} or older", _head()),
            got=str(error),
            hint="it was made by a newer lab: update this one, or point DISTILL_HOME to another folder",
        ) from error
    except BaseException:
        pools.dispose()
        raise
    if pools.file is not None:
        pools.file.remember()
    return pools


@contextmanager
def reading(pools: Pools) -> Iterator[Connection]:
    """A transaction that only reads.

    Raises: StorageFailed where disk, rights or another program prevent it; errors of our own statements unchanged.
    """
    with _translated(pools), pools.reader.begin() as connection:
        yield connection


@contextmanager
def writing(pools: Pools, *, patience_seconds: float = SHORT_SECONDS) -> Iterator[Connection]:
    """A transaction of the only writer; waits ``patience_seconds`` for other writers, here and in other programs.

    Raises: StorageFailed where disk, rights or another program prevent it; errors of our own statements unchanged.
    """
    try:
        with _translated(pools), pools.to_write(patience_seconds) as connection, connection.begin():
            yield connection
    finally:
        pools.note_written()


@contextmanager
def _translated(pools: Pools) -> Iterator[None]:
    if pools.file is not None:
        pools.file.check()
    try:
        yield
    except SQLAlchemyError as error:
        hint = advice(error)
        if hint is None:
            raise  # a bug in our statement or value
        hint = said("{hint}; nothing was changed", hint)
        message = explain("the lab's database", expected="to read or write it", got=cause(error), hint=hint)
        raise StorageFailed(message) from error


def _migrate(connection: Connection) -> None:
    # Without alembic's own look at every migration, which takes ten times as long.
    if MigrationContext.configure(connection).get_current_revision() == _head():
        return
    config = _config()
    config.attributes["connection"] = connection
    with _MIGRATING:
        command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@functools.cache
def _head() -> str:
    return ScriptDirectory.from_config(_config()).get_current_head() or "none"
