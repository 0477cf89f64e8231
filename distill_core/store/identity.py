"""Checks that the database's file was not replaced since it was opened: SQLite keeps writing into a removed file."""

import os
from pathlib import Path

from distill_core.errors import StorageFailed, said

# The write-ahead log: without it the file holds old or partial rows.
LOG = "-wal"


class SameFile:
    """The file of a database and its write-ahead log, by device and inode.

    The open connections keep both inodes from being given to other files.
    """

    def __init__(self, path: Path) -> None:
        self._paths = (path, path.with_name(path.name + LOG))
        self._known: dict[Path, tuple[int, int]] = {}

    def remember(self) -> None:
        """Record the identity of the files; call it right after opening."""
        self._known = {path: number for path in self._paths if (number := _number(path))}

    def forget(self) -> None:
        """Drop the identity: no connection is open."""
        self._known = {}

    def check(self) -> None:
        """Raise StorageFailed where the file or its log was removed or replaced since ``remember``."""
        for path, known in self._known.items():
            number = _number(path)
            if number != known:
                got = "another file in its place" if number else "none: it was removed or moved"
                hint = "put the right one back, and start the lab again; nothing was changed"
                raise StorageFailed(
                    "the lab's database", expected=said("{path} as it was opened", path.name), got=got, hint=hint
                )


def _number(path: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino
