"""A finished experiment as files that ship: its runs beside a manifest that tells how they were made."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from distill_core.files import atomic_write, sha256_of
from distill_core.lab import Lab
from distill_core.spec import Experiment

__all__ = ["ship"]

ORIGIN, LICENCE = "trained by this lab on assets/data with the teachers of assets/teachers", "MIT"
LONGEST_SECONDS = 4 * 3_600


def ship(
    lab: Lab, experiment: Experiment, folder: Path, *, name: str, title: str, command: str, measured: Mapping[str, Any]
) -> None:
    """Train what is not there yet and write ``name.zip``, an archive without files, and ``name.json``.

    Ends the program where it fails.
    """
    job = lab.wait(lab.submit(experiment), LONGEST_SECONDS)
    if job.state != "finished":
        raise SystemExit(f"{name}: {job.state}: {job.error}")
    told = {"origin": ORIGIN, "licence": LICENCE, "command": command}
    data = lab.archives.pack([job.id], files=False, title=title, **told)
    results = lab.reports.results([job.id])
    taught = results[results["role"] != "teacher"]
    manifest = {
        "name": name,
        "title": title,
        "file": f"{name}.zip",
        "sha256": sha256_of(data),
        "size_bytes": len(data),
        **told,
        "measured": {"runs": len(taught), **measured},
        "details": {
            "specification": json.loads(lab.reports.specification(job.id)),
            "environment": taught["environment"].iloc[-1],
        },
    }
    folder.mkdir(exist_ok=True)
    atomic_write(folder / f"{name}.zip", data)
    atomic_write(folder / f"{name}.json", json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
    print(f"{name}: {len(taught)} runs, {len(data):,} bytes", flush=True)
