"""The store: jobs, runs, curves, files, measurements and trials that outlive the process."""

import os
from pathlib import Path
from typing import Self

from sqlalchemy import URL

from distill_core.errors import StorageFailed
from distill_core.store.artifacts import ArtifactFolder
from distill_core.store.database import open_database
from distill_core.store.device_rows import DeviceRows
from distill_core.store.job_rows import JobRows
from distill_core.store.measurement_rows import MeasurementRows
from distill_core.store.run_rows import RunRows
from distill_core.store.trial_rows import TrialRows

__all__ = ["Store", "holds_lab"]

DATABASE = "lab.sqlite"


class Store(JobRows, RunRows, MeasurementRows, DeviceRows, TrialRows):
    """Everything that is kept in a home: a database, and a folder a run for its files."""

    @classmethod
    def open(cls, home: Path, url: str | None = None) -> Self:
        """Open or make the store of ``home``; ``url`` or DISTILL_DATABASE_URL name another database.

        Raises: StorageFailed where the folder or the database cannot be used.
        """
        home = home.absolute()
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageFailed(f"the lab's folder {home} cannot be made ({error}); set DISTILL_HOME") from error
        chosen = url or os.environ.get("DISTILL_DATABASE_URL") or URL.create("sqlite", database=f"{home / DATABASE}")
        return cls(open_database(chosen), ArtifactFolder(home / "runs"))

    def close(self) -> None:
        """Let go of the database; may be called twice."""
        self._engine.dispose()


def holds_lab(home: Path) -> bool:
    """Whether a lab has been opened in a folder before."""
    return (home / DATABASE).is_file() or (home.is_dir() and "DISTILL_DATABASE_URL" in os.environ)
