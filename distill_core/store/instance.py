"""One open lab: an id of its own, and a lock that the operating system releases when its process ends."""

import uuid
from contextlib import suppress
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

__all__ = ["Instance"]

LockState = Literal["held", "free", "absent", "unknown"]
OWN_LOCK_SECONDS = 5.0  # another lab may look at a new lock for a moment


class Instance:
    """A lab on ``home``: any number of them may be open at once, in this process and in others.

    ``conclusive``: whether a free lock proves that its lab has ended. That is so where the database lies in the same
    home; a database that several homes share knows labs whose locks lie elsewhere.
    """

    def __init__(self, home: Path, *, conclusive: bool) -> None:
        self.id = uuid.uuid4().hex
        self._folder = home / "labs"
        self._conclusive = conclusive
        self._lock: FileLock | None = _held(self._path(self.id))

    def has_ended(self, lab_id: str) -> bool | None:
        """Whether a lab has ended; None where its lock cannot tell, as on a file system without locks."""
        return {"free": True, "held": False}.get(self.lock_of(lab_id)) if self._conclusive else None

    def lock_of(self, lab_id: str) -> LockState:
        """How the lock of a lab of this home is; unknown where this program may not try it."""
        if lab_id == self.id:
            return "held"
        if not self._path(lab_id).exists():
            return "absent"
        lock = _lock(self._path(lab_id))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return "held"
        except (OSError, NotImplementedError):
            return "unknown"
        lock.release()
        return "free"

    def abandoned(self) -> list[str]:
        """The labs that left a lock behind which nothing holds."""
        found = [path.stem for path in self._folder.glob("*.lock")]
        return [lab_id for lab_id in found if self.lock_of(lab_id) == "free"]

    def forget(self, lab_id: str) -> None:
        """Remove the lock of a lab that has ended."""
        with suppress(OSError):
            self._path(lab_id).unlink(missing_ok=True)

    def close(self) -> None:
        """Release the lock and remove it; may be called twice."""
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()
            self.forget(self.id)

    def _path(self, lab_id: str) -> Path:
        return self._folder / f"{lab_id}.lock"


def _held(path: Path) -> FileLock | None:
    lock = _lock(path)
    try:
        path.parent.mkdir(exist_ok=True)
        lock.acquire(timeout=OWN_LOCK_SECONDS)
    except (OSError, NotImplementedError):  # Timeout is an OSError too; without a lock the heartbeat tells
        with suppress(OSError):
            path.unlink(missing_ok=True)
        return None
    return lock


def _lock(path: Path) -> FileLock:
    # Not the soft lock in its place: one that outlives its process proves nothing.
    return FileLock(path, thread_local=False, fallback_to_soft=False)
