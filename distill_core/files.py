"""Writes files atomically, and verifies their hash where they are read."""

import errno
import hashlib
import os
import time
import uuid
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from distill_core.errors import CorruptFile, StorageFailed, said

FRESH_SECONDS = 2.0


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def atomic_write(path: Path, data: bytes, *, flush: bool = True) -> None:
    """Write ``data`` to a neighbour, flush it to the disk, then rename it: readers see all of it or nothing.

    Without ``flush`` a file may be empty after the power went: for what its reader checks and can have again.
    Raises: StorageFailed where the disk refuses; the file that was there before is unharmed.
    """
    # Not tempfile.mkstemp, which ignores the umask: its files are readable by their owner alone.
    neighbour = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with _opened(neighbour) as file:
            file.write(data)
            file.flush()
            if flush:
                os.fsync(file.fileno())
        os.replace(neighbour, path)
    except BaseException as error:
        with suppress(OSError):
            neighbour.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        expected, hint = (
            said("{count} bytes on the disk", len(data)),
            "free some room" if full else "choose a folder that may be written",
        )
        raise StorageFailed(said("writing {path}", path.name), expected=expected, got=error, hint=hint) from error
    if flush:
        flush_folder(path.parent)


def _opened(path: Path) -> BinaryIO:
    """A new file; its folder is made where it is missing."""
    try:
        return path.open("xb")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("xb")


def read_verified(path: Path, sha256: str, *, hint: str = "restore it or make it again") -> bytes:
    """The bytes of ``path``. Raises CorruptFile, with ``hint``, where it is missing or has another SHA-256."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CorruptFile(said("reading {path}", path.name), expected="the file", got=error, hint=hint) from error
    if sha256_of(data) != sha256:
        raise CorruptFile(
            said("reading {path}", path.name),
            expected=said("SHA-256 {sha256}…", sha256[:12]),
            got=f"{sha256_of(data)[:12]}…",
            hint=hint,
        )
    return data


def holds(path: Path, sha256: str, size_bytes: int) -> bool:
    """Whether a file is there with this content. It is read once, and again after it was changed."""
    try:
        now = path.stat()
        if now.st_size != size_bytes:
            return False
        # A file system's clock may tick every few milliseconds: what was just written may be written again within one.
        fresh = abs(time.time() - now.st_mtime) < FRESH_SECONDS
        changed = now.st_ino, now.st_mtime_ns, now.st_ctime_ns
        return (_holds.__wrapped__ if fresh else _holds)(path, sha256, changed)
    except OSError:
        return False


@lru_cache(maxsize=32_768)
def _holds(path: Path, sha256: str, changed: tuple[int, ...]) -> bool:
    return sha256_of(path.read_bytes()) == sha256


def flush_folder(folder: Path) -> None:
    """Flush a folder's list of files to the disk, where the system can."""
    # A row that names the file must not outlive it when the power goes; Windows cannot open folders and need not.
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
