"""Deleted experiments that can be brought back for some minutes: each waits as an archive in the lab's home."""

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from distill_core.errors import NotFound, said
from distill_core.files import atomic_write
from distill_core.jobs import Lock
from distill_core.lab.archives import Archives

KEPT_SECONDS = 600.0
# By the wall clock, which may be set: what another lab keeps is younger.
ABANDONED_SECONDS = 3_600.0


@dataclass(frozen=True, slots=True)
class Kept:
    """``until``: a monotonic time."""

    path: Path
    until: float


class Deleted:
    """Deletes jobs and brings them back. What is deleted is in no table: it is neither shown nor used again."""

    def __init__(self, archives: Archives, delete: Callable[[str], None], folder: Path) -> None:
        self._archives = archives
        self._delete = delete
        self._folder = folder
        self._kept: dict[str, Kept] = {}
        self._lock = Lock()

    def delete(self, job_id: str) -> bool:
        """Delete a job; whether it can be brought back for ``KEPT_SECONDS``: not where it is damaged, or the disk is
        full. Raises as ``Lab.delete``."""
        self.sweep()
        path = self._keep(job_id)
        try:
            self._delete(job_id)
        except BaseException:
            _remove(path)
            raise
        if path is not None:
            with self._lock:
                self._kept[job_id] = Kept(path, time.monotonic() + KEPT_SECONDS)
        return path is not None

    def is_kept(self, job_id: str) -> bool:
        """Whether a job can be brought back now."""
        self.sweep()
        with self._lock:
            return job_id in self._kept

    def restore(self, job_id: str) -> str:
        """Bring back a job as the newest one; returns its id. Raises: NotFound after some minutes; StorageFailed."""
        self.sweep()
        with self._lock:
            kept = self._kept.get(job_id)
        if kept is None:
            raise NotFound(
                said("no deleted experiment {job_id!r}; it was kept for some minutes, or is back already", job_id)
            )
        (restored,) = self._archives.unpack_own(kept.path)
        with self._lock:
            self._kept.pop(job_id, None)
        _remove(kept.path)
        return restored

    def sweep(self, *, everything: bool = False) -> None:
        """Remove what was kept long enough, or (``everything``) all that this lab keeps."""
        now = time.monotonic()
        with self._lock:
            gone = [job_id for job_id, kept in self._kept.items() if everything or kept.until < now]
            paths = [self._kept.pop(job_id).path for job_id in gone]
        for path in (*paths, *self._abandoned()):
            _remove(path)

    def _keep(self, job_id: str) -> Path | None:
        path = self._folder / f"{uuid.uuid4().hex}.zip"
        try:
            atomic_write(path, self._archives.pack([job_id], origins=False), flush=False)
            self._archives.check_whole(path)
        except Exception:  # whatever is damaged must not stay because it is
            _remove(path)
            return None
        return path

    def _abandoned(self) -> list[Path]:
        """What labs kept that were killed."""
        with suppress(OSError):
            return [
                path for path in self._folder.glob("*.zip") if time.time() - path.stat().st_mtime > ABANDONED_SECONDS
            ]
        return []


def _remove(path: Path | None) -> None:
    if path is not None:
        with suppress(OSError):
            path.unlink(missing_ok=True)
