"""Hints for database errors: the disk, the rights, another program, the file, the server."""

from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

LATER = "many ask at once: try again in a moment"
DISK = "free some room on its disk"
BUSY = "another program holds it: end that program, or try again in a moment"
RIGHTS = "see that this program may write the file and its folder"
CHANGED = "its file or its tables were replaced or changed by another program: restore them and start the lab again"
SERVER = "see that its server answers and lets this lab in"

# The primary result codes of SQLite (https://sqlite.org/rescode.html); each extended one ends in its primary one.
SQLITE = {
    3: RIGHTS,  # PERM
    5: BUSY,
    6: BUSY,  # LOCKED
    7: DISK.replace("room on its disk", "memory"),  # NOMEM
    8: RIGHTS,  # READONLY
    10: "see that its disk works and is there",  # IOERR
    11: CHANGED,  # CORRUPT
    13: DISK,  # FULL
    14: "see that its folder is there and may be written, and that the disk has room",  # CANTOPEN
    15: BUSY,  # PROTOCOL
    23: RIGHTS,  # AUTH
    26: CHANGED,  # NOTADB
}
MISSING = ("no such table", "no such column")
# Classes and codes of PostgreSQL (https://www.postgresql.org/docs/current/errcodes-appendix.html).
POSTGRESQL = {
    "53100": DISK,
    "55P03": BUSY,
    "57014": BUSY,
    "40P01": BUSY,
    "40001": BUSY,
    "25006": "the server takes no writes: ask another one, or wait until it does",
    "42P01": CHANGED,  # undefined_table
    "42703": CHANGED,  # undefined_column
    "42501": "see that its user may read and write these tables",
}
SERVER_CLASSES = ("08", "28", "53", "57", "58", "XX")


def advice(error: SQLAlchemyError) -> str | None:
    """The hint for an error; None for a bug of ours: a wrong statement, a value that no column takes."""
    if isinstance(error, PoolTimeout):
        return LATER
    if not isinstance(error, DBAPIError):
        return None
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return _of_sqlite(code, error)
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    if state is not None:
        return POSTGRESQL.get(state) or (SERVER if state.startswith(SERVER_CLASSES) else None)
    return SERVER if isinstance(error, OperationalError | InterfaceError) else None


def cause(error: SQLAlchemyError) -> object:
    """The database's own error."""
    if isinstance(error, PoolTimeout):
        return "more queries at once than connections"
    return getattr(error, "orig", None) or error


def _of_sqlite(code: int, error: DBAPIError) -> str | None:
    if not isinstance(error, DatabaseError):
        return None
    if code & 0xFF == 1 and any(text in str(error.orig) for text in MISSING):
        return CHANGED
    return SQLITE.get(code & 0xFF)
