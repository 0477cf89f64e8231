"""Removes what killed labs left on the disk."""

import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, select

from distill_core.files import sha256_of
from distill_core.store import tables
from distill_core.store.artifacts import Staged
from distill_core.store.database import reading, writing
from distill_core.store.lab_rows import LabRows
from distill_core.store.records import OPEN_STATES, JobState
from distill_core.store.rows import has_run

DAY_SECONDS = 86_400.0
GOING_ON = (*OPEN_STATES, JobState.INTERRUPTED)


class Sweeping(LabRows):
    def sweep(self) -> None:
        """Interrupt the jobs of ended labs, and remove their files: run folders without a run, partial files, locks.
        Files of living labs are not touched."""
        with writing(self._pools) as connection:
            self._close_gone(connection)
            living = set(connection.scalars(select(tables.labs.c.id)))
            left = [path for lab_id, path in self._files.staging().items() if self._has_left(lab_id, path, living)]
            orphans = self._orphans(connection)
            # Labs write into run folders only inside a writing transaction, which this lab holds now.
            for path in self._files.unfinished():
                with suppress(OSError):
                    path.unlink(missing_ok=True)
        self._remove_orphans(orphans)
        for path in left:
            shutil.rmtree(path, ignore_errors=True)
        for lab_id in set(self._instance.abandoned()) - living:
            self._instance.forget(lab_id)
        self.sweep_half_trained()

    def sweep_half_trained(self) -> None:
        """Remove states of half-trained cohorts that nobody goes on from: soon after a stop, late after a crash."""
        jobs, kept = tables.jobs.c, self.half_trained.jobs()
        with reading(self._pools) as connection:
            goes_on = select(jobs.id).where(jobs.id.in_(kept), jobs.state.in_(GOING_ON))
            self.half_trained.sweep(connection.scalars(goes_on).all() if kept else ())

    def _has_left(self, lab_id: str, path: Path, living: set[str]) -> bool:
        lock = self._instance.lock_of(lab_id)
        left = lock == "free" or (lock == "absent" and _age_seconds(path) > DAY_SECONDS)
        return left and lab_id not in living

    def _orphans(self, connection: Connection) -> set[str]:
        """Run folders without a run. A database without any run is new, and older files beside it are kept."""
        run_ids = set(connection.scalars(select(tables.runs.c.id)))
        return set(self._files.run_ids()) - run_ids if run_ids else set()

    def _remove_orphans(self, run_ids: Iterable[str]) -> None:
        """Remove the files of those of these runs that have no row."""
        for run_id in run_ids:
            # In a writing transaction, so that the run is not stored again between query and removal; one for each
            # run, so that other writers wait for one removal only.
            with writing(self._pools) as connection:
                if not has_run(connection, run_id):
                    self._files.remove(run_id)

    def _remove_unkept(self, staged: Staged) -> None:
        """Remove the files of a run whose transaction failed: without a row, or placed over those of the row's run,
        which then lacks its files and is trained again."""
        with writing(self._pools) as connection:
            run_id, columns = staged.run_id, tables.artifacts.c
            has_row = has_run(connection, run_id)
            if has_row and (staged.folder.exists() or not staged.rows):
                return
            kept = connection.execute(select(columns.file, columns.sha256).where(columns.run_id == run_id)).all()
            # Files that match their rows are another lab's, which stored the run in between.
            if not has_row or any(self._holds_other(run_id, row.file, row.sha256) for row in kept):
                self._files.remove(run_id)

    def _holds_other(self, run_id: str, file: str, sha256: str) -> bool:
        with suppress(FileNotFoundError):
            return sha256_of(self._files.path(run_id, file).read_bytes()) != sha256
        return False


def _age_seconds(path: Path) -> float:
    with suppress(OSError):
        return time.time() - path.stat().st_mtime
    return 0.0
