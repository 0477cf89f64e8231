"""The files of runs: names come from the kind alone and folders from checked ids, so no path comes from outside."""

import re
import shutil
from pathlib import Path
from typing import Any

from distill_core.errors import InvalidSetting, NotFound, explain
from distill_core.files import sha256_of, write_whole

__all__ = ["ArtifactFolder", "check_id"]

NAMES: dict[str, str] = {
    "weights": "weights.safetensors",
    "onnx": "network.onnx",
    "onnx_float16": "network_float16.onnx",
    "predictions": "predictions.safetensors",
}
IDENTITY = re.compile(r"[0-9a-f]{8,64}")


def check_id(run_id: str) -> None:
    """Raises InvalidSetting for what cannot be the id of a run."""
    if not IDENTITY.fullmatch(run_id):
        do = "take the start of the run's fingerprint"
        raise InvalidSetting(explain("the id of a run", wanted="hexadecimal digits", came=repr(run_id), do=do))


class ArtifactFolder:
    """One folder a run."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, run_id: str, kind: str, data: bytes) -> dict[str, Any]:
        """Write a file whole; answers its row. Raises StorageFailed."""
        file = NAMES[kind]
        write_whole(self.path(run_id, file), data)
        return {"run_id": run_id, "kind": kind, "file": file, "sha256": sha256_of(data), "size_bytes": len(data)}

    def path(self, run_id: str, file: str) -> Path:
        """Where a file is. Raises NotFound for what cannot be an id or a file of a run."""
        if not IDENTITY.fullmatch(run_id) or file not in NAMES.values():
            raise NotFound(f"no file {file!r} of run {run_id!r}; ids are hexadecimal")
        return self._root / run_id / file

    def remove(self, run_id: str) -> None:
        """Remove a run's folder, if it is there."""
        shutil.rmtree(self.path(run_id, NAMES["weights"]).parent, ignore_errors=True)
