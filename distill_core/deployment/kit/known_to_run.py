"""Which engines answered a kit's files as onnxruntime does: measured by ``tools/kit_engines.py``, shipped as data."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import lru_cache

from distill_core.assets import ASSETS
from distill_core.deployment.kit.files import KitFile
from distill_core.deployment.kit.source import KitSource

MEASURED = ASSETS / "kit" / "known_to_run.csv"
Row = Mapping[str, str]


@lru_cache(maxsize=1)
def measured() -> tuple[Row, ...]:
    """A row for each engine, kind, architecture, file and precision."""
    if not MEASURED.is_file():
        return ()
    with MEASURED.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def known_rows(source: KitSource, files: Sequence[KitFile]) -> list[list[str]]:
    """Engine, version, file, precision and answer for the files of a kit; those of the architecture where it was
    tried."""
    there = {("ready" if file.raw else "network", file.precision) for file in files}
    kind = source.task.kind.name
    rows = [row for row in measured() if row["kind"] == kind and (row["file"], row["precision"]) in there]
    own = [row for row in rows if row["architecture"] == source.run.architecture]
    return [[row["engine"], row["version"], row["file"], row["precision"], row["answers"]] for row in own]
