"""Shipped files, each beside a manifest with its origin, licence, command, results and hash."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from distill_core.errors import CorruptFile, said
from distill_core.files import read_verified

_BESIDE = Path(__file__).resolve().parent.parent
# A wheel has the application and its files in a folder of their own.
INSTALLED = (_BESIDE / "distill_lab").is_dir()
PROJECT = _BESIDE / "distill_lab" if INSTALLED else _BESIDE
ASSETS = PROJECT / "assets"


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """The provenance of one shipped file; ``measured`` holds results, ``details`` what its kind needs."""

    name: str
    title: str
    file: str
    sha256: str
    size_bytes: int
    origin: str
    licence: str
    command: str
    measured: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.name, self.sha256))


def read_manifest(path: Path) -> Manifest:
    """Raises CorruptFile where the manifest is missing or unreadable."""
    try:
        now = path.stat()
        return _read(path, (now.st_ino, now.st_mtime_ns, now.st_size))
    except (OSError, ValueError, TypeError) as error:
        raise CorruptFile(
            said("reading {path}", path.name),
            expected="an asset's manifest",
            got=error,
            hint="restore the assets folder",
        ) from error


@lru_cache(maxsize=256)
def _read(path: Path, changed: tuple[int, ...]) -> Manifest:
    """Read once, and again after the file was changed."""
    return Manifest(**json.loads(path.read_text(encoding="utf-8")))


def manifests(folder: str, root: Path = ASSETS) -> tuple[Manifest, ...]:
    """All manifests of one folder of the assets, by name."""
    there = root / folder
    names = sorted(os.listdir(there)) if there.is_dir() else ()
    return tuple(read_manifest(there / name) for name in names if name.endswith(".json"))


def read_asset(folder: str, manifest: Manifest, root: Path = ASSETS) -> bytes:
    """The asset's bytes. Raises CorruptFile where their hash is another than the manifest's."""
    return read_verified(root / folder / manifest.file, manifest.sha256)
