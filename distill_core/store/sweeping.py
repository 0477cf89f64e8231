"""What labs that were killed left on the disk."""

import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, select

from distill_core.files import sha256_of
from distill_core.store import tables
from distill_core.store.artifacts import Staged
from distill_core.store.database import writing
from distill_core.store.lab_rows import LabRows

__all__ = ["Sweeping"]

DAY_SECONDS = 86_400.0


class Sweeping(LabRows):
    """What the store knows of files that belong to nothing."""

    def sweep(self) -> None:
        """Close the jobs of labs that have ended, and remove the files that they left: run folders without a run,
        files that were half written, locks. Nothing that a living lab writes is touched."""
        with writing(self._pools) as connection:
            self._close_gone(connection)
            living = set(connection.scalars(select(tables.labs.c.id)))
            left = [path for lab_id, path in self._files.staging().items() if self._has_left(lab_id, path, living)]
            orphans = self._orphans(connection)
            # A lab writes into the folder of a run only as the one writer, which is this one now.
            for path in self._files.unfinished():
                with suppress(OSError):
                    path.unlink(missing_ok=True)
        self._remove_orphans(orphans)
        for path in left:
            shutil.rmtree(path, ignore_errors=True)
        for lab_id in set(self._instance.abandoned()) - living:
            self._instance.forget(lab_id)

    def _has_left(self, lab_id: str, path: Path, living: set[str]) -> bool:
        lock = self._instance.lock_of(lab_id)
        left = lock == "free" or (lock == "absent" and _age_seconds(path) > DAY_SECONDS)
        return left and lab_id not in living

    def _orphans(self, connection: Connection) -> set[str]:
        """Folders without a run. A database without any run is a new one beside older files: they stay."""
        there = set(connection.scalars(select(tables.runs.c.id)))
        return set(self._files.run_ids()) - there if there else set()

    def _remove_orphans(self, run_ids: Iterable[str]) -> None:
        """Remove the files of those runs that have no row."""
        for run_id in run_ids:
            # As a writer, so that nobody stores the same run again between the look and the removal; a transaction
            # each, so that nobody waits for the removal of hundreds.
            with writing(self._pools) as connection:
                if connection.execute(select(tables.runs.c.id).where(tables.runs.c.id == run_id)).first() is None:
                    self._files.remove(run_id)

    def _remove_unkept(self, staged: Staged) -> None:
        """Remove the files of a run whose rows were not kept: of one without a row, and of one that was to take the
        place of another and did so on the disk alone. That one then lacks its files, and is made again."""
        with writing(self._pools) as connection:
            run_id, columns = staged.run_id, tables.artifacts.c
            there = connection.execute(select(tables.runs.c.id).where(tables.runs.c.id == run_id)).first() is not None
            if there and (staged.folder.exists() or not staged.rows):
                return
            kept = connection.execute(select(columns.file, columns.sha256).where(columns.run_id == run_id)).all()
            # Files that are as their rows tell are those of another lab, which stored the run in between.
            if not there or any(self._holds_other(run_id, row.file, row.sha256) for row in kept):
                self._files.remove(run_id)

    def _holds_other(self, run_id: str, file: str, sha256: str) -> bool:
        with suppress(FileNotFoundError):
            return sha256_of(self._files.path(run_id, file).read_bytes()) != sha256
        return False


def _age_seconds(path: Path) -> float:
    with suppress(OSError):
        return time.time() - path.stat().st_mtime
    return 0.0
