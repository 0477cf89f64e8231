"""Files of half-trained cohorts: what a training goes on from after a crash or a stop. None is needed: without it
training starts over."""

import hashlib
import json
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from distill_core.files import atomic_write

# How long a file is kept that nobody writes: a stopped training's, and one whose lab ended.
STOPPED_SECONDS, LEFT_SECONDS = 3_600.0, 7 * 86_400.0
MOST_BYTES = 2 * 2**30
SUFFIX, NAMES, PART = ".state", ".json", ".part"


@dataclass(frozen=True, slots=True)
class _Head:
    """The runs of a state (fingerprints), and the job that trained them last."""

    runs: tuple[str, ...]
    job: str


class HalfTrained:
    """A folder with two files a cohort: the state, and which runs it holds, for which job."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, runs: Sequence[str]) -> bytes | None:
        """The newest state that holds all of these runs (fingerprints); None where there is none to be read."""
        for path in self._holding(runs):
            with suppress(OSError):
                return path.with_suffix(SUFFIX).read_bytes()
        return None

    def write(self, runs: Sequence[str], job_id: str, data: bytes) -> None:
        """Replace the state of these runs. Raises StorageFailed; the state from before is unharmed then."""
        path = self._path(runs)
        atomic_write(path, data)
        if _head(path) != (head := _Head(tuple(runs), job_id)):
            atomic_write(path.with_suffix(NAMES), json.dumps(asdict(head)).encode())

    def remove(self, runs: Sequence[str]) -> None:
        """Remove every state that holds all of these runs, of no run none; idempotent."""
        for path in self._holding(runs) if runs else ():
            _remove(path)

    def sweep(self, unfinished: Iterable[str]) -> None:
        """Remove states that are old, and the oldest where all of them take more than ``MOST_BYTES``. ``unfinished``:
        jobs that run, wait, or did not end by themselves."""
        waits, now, held = set(unfinished), time.time(), 0
        for path in self._newest_first():
            with suppress(OSError):
                found = path.with_suffix(SUFFIX).stat()
                limit = LEFT_SECONDS if _head(path).job in waits else STOPPED_SECONDS
                if held + found.st_size > MOST_BYTES or now - found.st_mtime > limit:
                    _remove(path)
                else:
                    held += found.st_size
        self._sweep_parts(now)

    def jobs(self) -> set[str]:
        """The jobs that have a state to go on from."""
        return {_head(path).job for path in self._newest_first()}

    def remove_of(self, job_id: str) -> None:
        """Remove the states of a job; idempotent."""
        for path in self._newest_first():
            if _head(path).job == job_id:
                _remove(path)

    def _holding(self, runs: Sequence[str]) -> list[Path]:
        return [path for path in self._newest_first() if set(runs) <= {*_head(path).runs}]

    def _newest_first(self) -> list[Path]:
        ages = {}
        for path in self._root.glob(f"*{NAMES}"):
            with suppress(OSError):
                ages[path] = path.with_suffix(SUFFIX).stat().st_mtime
        return sorted(ages, key=lambda path: -ages[path])

    def _sweep_parts(self, now: float) -> None:
        """Remove what killed labs left: parts of files, and of a state and its list of runs one without the other."""
        both = [{path.stem for path in self._root.glob(f"*{suffix}")} for suffix in (SUFFIX, NAMES)]
        left = [path for suffix in (SUFFIX, NAMES) for path in self._root.glob(f"*{suffix}")]
        left = [path for path in left if path.stem in both[0] ^ both[1]]
        for path in (*self._root.glob(f".*{PART}"), *left):
            with suppress(OSError):
                if now - path.stat().st_mtime > STOPPED_SECONDS:
                    path.unlink()

    def _path(self, runs: Sequence[str]) -> Path:
        known = hashlib.sha256("\n".join(sorted(runs)).encode()).hexdigest()[:32]
        return self._root / f"{known}{SUFFIX}"


def _head(path: Path) -> _Head:
    with suppress(OSError, ValueError, TypeError, KeyError):
        found = json.loads(path.with_suffix(NAMES).read_bytes())
        return _Head(tuple(map(str, found["runs"])), str(found["job"]))
    return _Head((), "")


def _remove(path: Path) -> None:
    for suffix in (NAMES, SUFFIX):
        with suppress(OSError):
            path.with_suffix(suffix).unlink(missing_ok=True)
