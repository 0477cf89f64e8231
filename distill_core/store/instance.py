"""An open lab: its id, and a lock that the operating system releases when the process ends."""

import uuid
from contextlib import suppress
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

LockState = Literal["held", "free", "absent", "unknown"]
OWN_LOCK_SECONDS = 5.0  # another lab may test a new lock for a moment


class Instance:
    """A lab on ``home``; any number of labs may be open at once, in this process and in others.

    ``conclusive``: whether a free lock proves that its lab has ended: where the database lies in the same home. A
    shared database knows labs whose locks lie in other homes.
    """

    def __init__(self, home: Path, *, conclusive: bool) -> None:
        self.id = uuid.uuid4().hex
        self._folder = home / "labs"
        self._conclusive = conclusive
        self._lock: FileLock | None = _held(self._path(self.id))

    def has_ended(self, lab_id: str) -> bool | None:
        """Whether a lab has ended; None where its lock proves nothing, as on a file system without locks."""
        return {"free": True, "held": False}.get(self.lock_of(lab_id)) if self._conclusive else None

    def lock_of(self, lab_id: str) -> LockState:
        """The state of a lab's lock in this home; unknown where the lock cannot be tested."""
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
        """The ids of labs with a free lock file."""
        lab_ids = [path.stem for path in self._folder.glob("*.lock")]
        return [lab_id for lab_id in lab_ids if self.lock_of(lab_id) == "free"]

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
    except (OSError, NotImplementedError):  # Timeout is an OSError too; without a lock the heartbeat decides
        with suppress(OSError):
            path.unlink(missing_ok=True)
        return None
    return lock


def _lock(path: Path) -> FileLock:
    # No fallback to a soft lock: it outlives its process and proves nothing.
    return FileLock(path, thread_local=False, fallback_to_soft=False)
