"""The store: jobs, runs, curves, files, measurements and robustness scores."""

import os
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Self

from sqlalchemy import URL

from distill_core.errors import StorageFailed, said
from distill_core.store.archive_rows import ArchiveRows
from distill_core.store.artifacts import ArtifactFolder
from distill_core.store.database import open_database
from distill_core.store.device_rows import DeviceRows
from distill_core.store.half_trained import HalfTrained
from distill_core.store.instance import Instance
from distill_core.store.job_rows import JobRows
from distill_core.store.lookup_rows import LookupRows
from distill_core.store.measurement_rows import MeasurementRows
from distill_core.store.stored_events import StoredEvents
from distill_core.store.trial_rows import RobustnessRows

DATABASE, EVENTS, RUNS, HALF_TRAINED = "lab.sqlite", "events.sqlite", "runs", "half_trained"


class Store(JobRows, LookupRows, ArchiveRows, MeasurementRows, DeviceRows, RobustnessRows):
    """Everything that is kept in a home: a database, and a folder a run for its files."""

    events: StoredEvents
    _closed = False

    @classmethod
    def open(cls, home: Path, url: str | None = None) -> Self:
        """Open or create the store of ``home``; ``url`` or DISTILL_DATABASE_URL name another database.

        Raises: StorageFailed where the folder or the database cannot be used.
        """
        home = home.absolute()
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageFailed(
                said("the lab's folder {home} cannot be made ({error}); set DISTILL_HOME", home, error)
            ) from error
        named = url or os.environ.get("DISTILL_DATABASE_URL")
        pools = open_database(named or URL.create("sqlite", database=f"{home / DATABASE}"))
        instance = Instance(home, conclusive=not named)
        files = ArtifactFolder(home / RUNS, instance.id, shared=bool(named))
        store = cls(pools, files, instance, HalfTrained(home / HALF_TRAINED))
        store.events = StoredEvents(named or URL.create("sqlite", database=f"{home / EVENTS}"))
        try:
            store.beat()
        except BaseException:
            store.close()
            raise
        return store

    def steady(self) -> AbstractContextManager[None]:
        """See ``Unchanged.steady``."""
        return self._unchanged.steady()

    def close(self) -> None:
        """Remove this lab's row, and release its lock and the database; may be called twice."""
        if not self._closed:
            self._closed = True
            with suppress(StorageFailed):  # other labs find the lock free
                self.leave()
            self._files.close()
            self._instance.close()
        self._unchanged.forget()
        self.events.close()
        self._pools.dispose()


def holds_lab(home: Path) -> bool:
    """Whether a folder has a lab's database."""
    return (home / DATABASE).is_file() or (home.is_dir() and bool(os.environ.get("DISTILL_DATABASE_URL")))


def is_untouched(home: Path) -> bool:
    """Whether a folder has neither a lab's database nor files of runs, which stay where their database was lost."""
    return not (holds_lab(home) or (home / RUNS).exists())
