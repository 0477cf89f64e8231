"""The files of runs. File names follow from the kind and folders from checked ids, so no path comes from outside."""

import os
import re
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distill_core.errors import InvalidSetting, NotFound, StorageFailed, said
from distill_core.files import atomic_write, flush_folder, sha256_of

NAMES: dict[str, str] = {
    "weights": "weights.safetensors",
    "onnx": "network.onnx",
    "onnx_float16": "network_float16.onnx",
    "predictions": "predictions.safetensors",
}
# What every finished run has; a float16 file is made on request.
OWN = ("weights", "onnx", "predictions")
OWN_OF_FOREIGN = ("predictions",)
IDENTITY = re.compile(r"[0-9a-f]{8,64}")
STAGING = ".staging"
SHARED = ".shared"


def check_id(run_id: str) -> None:
    """Raise InvalidSetting for a text that cannot be the id of a run."""
    if not IDENTITY.fullmatch(run_id):
        hint = "take the start of the run's fingerprint"
        raise InvalidSetting("the id of a run", expected="hexadecimal digits", got=repr(run_id), hint=hint)


@dataclass(frozen=True, slots=True)
class Staged:
    """Files of a run written to the staging folder; ``rows`` are their rows of ``artifacts``. ``flush``: they are on
    the disk before a row names them."""

    run_id: str
    folder: Path
    rows: tuple[dict[str, Any], ...]
    flush: bool = True


class ArtifactFolder:
    """A folder for each run, and a staging folder for each open lab.

    ``shared``: the database lies outside of this home, so several homes may use it.
    """

    def __init__(self, root: Path, lab_id: str, *, shared: bool = False) -> None:
        self._root = root
        self._own = root / STAGING / lab_id
        self._shared = shared

    def stage(
        self, run_id: str, files: Mapping[str, bytes], *, sha256: Mapping[str, str] | None = None, flush: bool = True
    ) -> Staged:
        """Write files to the staging folder; slow, so call it outside of transactions. ``sha256``: by kind, where it is
        known. Raises StorageFailed."""
        known = sha256 or {kind: sha256_of(data) for kind, data in files.items()}
        rows = tuple(_row(run_id, kind, known[kind], len(data)) for kind, data in files.items())
        staged = Staged(run_id, self._own / uuid.uuid4().hex, rows, flush)
        try:
            for row, data in zip(staged.rows, files.values(), strict=True):
                atomic_write(staged.folder / row["file"], data, flush=flush)
            if self._shared and files:
                (self._root / SHARED).touch()
        except BaseException:
            self.discard(staged)
            raise
        return staged

    def place(self, staged: Staged) -> None:
        """Replace a run's folder by the staged files, atomically. Raises StorageFailed.

        Call it inside a writing transaction: a folder without a row was left by a killed lab, and the folder of a run
        that is trained again is incomplete.
        """
        self.remove(staged.run_id)
        if staged.rows:
            _move(staged.folder, self._root / staged.run_id, flush=staged.flush)

    def add(self, staged: Staged) -> None:
        """Add files to a run's folder. Raises StorageFailed."""
        for row in staged.rows:
            _move(staged.folder / row["file"], self.path(staged.run_id, row["file"]), flush=staged.flush)

    def discard(self, staged: Staged) -> None:
        """Remove staged files that were not placed; idempotent."""
        shutil.rmtree(staged.folder, ignore_errors=True)

    def path(self, run_id: str, file: str) -> Path:
        """The path of a file. Raises NotFound for an invalid id or file name."""
        if not IDENTITY.fullmatch(run_id) or file not in NAMES.values():
            raise NotFound(said("no file {file!r} of run {run_id!r}; ids are hexadecimal", file, run_id))
        return self._root / run_id / file

    def remove(self, run_id: str) -> None:
        """Remove a run's folder, if it exists."""
        shutil.rmtree(self.path(run_id, NAMES["weights"]).parent, ignore_errors=True)

    def run_ids(self) -> list[str]:
        """The ids of run folders; empty where a shared database decides which of them have a run."""
        if self._shared or (self._root / SHARED).exists():
            return []
        return [path.name for path in self._root.glob("*") if IDENTITY.fullmatch(path.name) and path.is_dir()]

    def unfinished(self) -> list[Path]:
        """Partial files in run folders, left by killed labs."""
        return list(self._root.glob("*/.*.part"))

    def staging(self) -> dict[str, Path]:
        """The staging folders of other labs, by lab id."""
        return {path.name: path for path in (self._root / STAGING).glob("*") if path != self._own}

    def close(self) -> None:
        """Remove this lab's staging folder."""
        shutil.rmtree(self._own, ignore_errors=True)


def _row(run_id: str, kind: str, sha256: str, size_bytes: int) -> dict[str, Any]:
    return {"run_id": run_id, "kind": kind, "file": NAMES[kind], "sha256": sha256, "size_bytes": size_bytes}


def _move(source: Path, target: Path, *, flush: bool) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(source, target)
    except OSError as error:
        hint = "free some room, or choose a folder that may be written"
        raise StorageFailed(
            said("storing {file}", target.name), expected="it in its place", got=error, hint=hint
        ) from error
    if flush:
        flush_folder(target.parent)
