"""Whether the database's file is still the one that was opened: SQLite goes on writing into a file that was removed."""

import os
from pathlib import Path

from distill_core.errors import StorageFailed

__all__ = ["SameFile"]

# What belongs to the file: without its log it holds old rows, or pieces of them.
LOG = "-wal"


class SameFile:
    """The file of a database and its write-ahead log, by device and inode.

    The open connections keep both inodes from being given to other files.
    """

    def __init__(self, path: Path) -> None:
        self._paths = (path, path.with_name(path.name + LOG))
        self._known: dict[Path, tuple[int, int]] = {}

    def remember(self) -> None:
        """Take what is there now for the right one; for right after opening."""
        self._known = {path: there for path in self._paths if (there := _number(path))}

    def forget(self) -> None:
        """No file is the right one: nothing is open."""
        self._known = {}

    def check(self) -> None:
        """Raises StorageFailed where the file, or its log, was removed or replaced since."""
        for path, known in self._known.items():
            there = _number(path)
            if there != known:
                got = "another file in its place" if there else "none: it was removed or moved"
                hint = "put the right one back, and start the lab again; nothing was changed"
                raise StorageFailed("the lab's database", expected=f"{path.name} as it was opened", got=got, hint=hint)


def _number(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
