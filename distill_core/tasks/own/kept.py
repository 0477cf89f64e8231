"""Own data in a home: a description and a file of examples each, written whole or not at all."""

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from filelock import FileLock, Timeout

from distill_core.errors import DistillError, NotFound, StorageFailed, said
from distill_core.files import FRESH_SECONDS, atomic_write
from distill_core.tasks.base import Task
from distill_core.tasks.own.array_file import FILE
from distill_core.tasks.own.description import OwnData
from distill_core.tasks.own.tasks import task_of

LOCK_SECONDS = 30.0
_STAGING = ".adding-"
MOST_DESCRIPTION_BYTES = 4_000_000


class OwnFiles:
    """The folder of a home with its own data."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "data" / "own"
        self._listed: tuple[int, tuple[OwnData, ...]] | None = None

    def described(self) -> tuple[OwnData, ...]:
        """All that were added, the oldest first; those whose examples were removed while runs use them included."""
        try:
            changed = self.folder.stat().st_mtime_ns
        except OSError:
            return ()
        # A file system's clock may tick every few milliseconds: what was just written may be written again within one.
        fresh = abs(time.time() - changed / 1e9) < FRESH_SECONDS
        if fresh or self._listed is None or self._listed[0] != changed:
            found = [_read(path, path.stat().st_mtime_ns) for path in self.folder.glob("own_*.json")]
            known = sorted((one for one in found if one is not None), key=lambda one: (one.added_at, one.name))
            self._listed = changed, tuple(known)
        return self._listed[1]

    def of(self, name: str) -> OwnData | None:
        return next((one for one in self.described() if one.name == name), None)

    def has_examples(self, name: str) -> bool:
        return self.examples(name).is_file()

    def examples(self, name: str) -> Path:
        return self.folder / f"{name}.npz"

    def tasks(self) -> tuple[Task, ...]:
        """Those that can be trained on."""
        return tuple(self._task(one) for one in self.described() if self.has_examples(one.name))

    def task(self, name: str) -> Task | None:
        """The task of this name, also where its examples were removed; None where none is called so."""
        found = self.of(name) if name.startswith("own_") else None
        return self._task(found) if found else None

    def _task(self, of: OwnData) -> Task:
        return task_of(of, self.examples(of.name))

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A folder for half-made data, which is gone at the end. Raises: StorageFailed."""
        path = self.folder / f"{_STAGING}{uuid.uuid4().hex}"
        try:
            path.mkdir(parents=True)
            lock = _lock(self.folder / f"{path.name}.lock")
            lock.acquire(timeout=0)
        except OSError as error:
            raise _unwritable(error) from error
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)
            lock.release()
            _forget(self.folder / f"{path.name}.lock")

    def keep(self, data: OwnData, staged: Path) -> None:
        """Take in what was made in ``staged``: first the examples, then what makes them known.

        Raises: StorageFailed.
        """
        with self._locked():
            try:
                with (staged / FILE).open("rb+") as file:
                    os.fsync(file.fileno())
                os.replace(staged / FILE, self.examples(data.name))
            except OSError as error:
                raise _unwritable(error) from error
            self._describe(data)

    def describe(self, data: OwnData) -> None:
        """Write what is told of data that are here. Raises: StorageFailed."""
        with self._locked():
            self._describe(data)

    def _describe(self, data: OwnData) -> None:
        atomic_write(self.folder / f"{data.name}.json", data.to_json().encode())
        self._listed = None

    def remove(self, name: str, *, told: bool) -> None:
        """Remove the examples; ``told``: keep what is told of them, for runs that learnt from them.

        Raises: NotFound.
        """
        if self.of(name) is None:
            raise NotFound(said("no own data {name!r}", name))
        with self._locked():
            if not told:
                _forget(self.folder / f"{name}.json")
            _forget(self.examples(name))
            self._listed = None

    def sweep(self) -> None:
        """Remove what killed imports left."""
        if not self.folder.is_dir():
            return
        with suppress(DistillError), self._locked():
            for path in self.folder.glob("own_*.npz"):
                if not path.with_suffix(".json").exists():
                    _forget(path)
            for path in self.folder.glob(f"{_STAGING}*"):
                if not path.name.endswith(".lock"):
                    self._sweep_staging(path)

    def _sweep_staging(self, path: Path) -> None:
        lock_path = self.folder / f"{path.name}.lock"
        lock = _lock(lock_path)
        try:
            lock.acquire(timeout=0)
        except (OSError, NotImplementedError):  # Timeout is an OSError too: its import is under way
            return
        shutil.rmtree(path, ignore_errors=True)
        lock.release()
        _forget(lock_path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = _lock(self.folder / ".lock")
        try:
            lock.acquire(timeout=LOCK_SECONDS)
        except (Timeout, OSError) as error:
            raise _unwritable(error) from error
        try:
            yield
        finally:
            lock.release()


def _lock(path: Path) -> FileLock:
    return FileLock(path, thread_local=False, fallback_to_soft=False)


def _forget(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _unwritable(error: object) -> StorageFailed:
    hint = "free some room, or choose a folder that may be written"
    return StorageFailed("keeping own data", expected="room in the lab's folder", got=error, hint=hint)


@lru_cache(maxsize=256)
def _read(path: Path, _changed_ns: int) -> OwnData | None:
    """None for a file that this lab did not write so."""
    try:
        with path.open("rb") as file:
            found = OwnData.from_json(file.read(MOST_DESCRIPTION_BYTES))
    except (OSError, DistillError):
        return None
    return found if f"{found.name}.json" == path.name else None
