"""A finished experiment as files that ship: its runs beside a manifest that tells how they were made."""

import argparse
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from distill_core.files import atomic_write, sha256_of
from distill_core.lab import Lab
from distill_core.spec import Experiment

__all__ = ["finished", "make_each", "parser", "ship", "told_by", "write"]

Made = TypeVar("Made")

ORIGIN, LICENCE = "trained by this lab on assets/data with the teachers of assets/teachers", "MIT"
LONGEST_SECONDS = 4 * 3_600


def parser(doc: str | None, names: Mapping[str, Any]) -> argparse.ArgumentParser:
    """The options of a script that makes what is called so."""
    options = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", choices=list(names))
    options.add_argument("--home", type=Path, help="a lab's folder to use and keep")
    return options


def make_each(arguments: argparse.Namespace, made: Mapping[str, Made], make: Callable[[Lab, str, Made], None]) -> None:
    """Make all of these, or the one that was asked for, in a lab of the folder that was asked for."""
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab.open(arguments.home or Path(folder))
        try:
            for name, one in made.items():
                if arguments.only in (None, name):
                    make(lab, name, one)
        finally:
            lab.close()


def finished(lab: Lab, experiment: Experiment, name: str) -> str:
    """The job of an experiment, trained where it is not there yet. Ends the program where it fails."""
    job = lab.wait(lab.submit(experiment), LONGEST_SECONDS)
    if job.state != "finished":
        raise SystemExit(f"{name}: {job.state}: {job.error}")
    return job.id


def told_by(command: str) -> dict[str, str]:
    """What archive and manifest tell of where they come from."""
    return {"origin": ORIGIN, "licence": LICENCE, "command": command}


def write(
    folder: Path, name: str, data: bytes, *, title: str, told: Mapping[str, str], measured: Any, details: Any
) -> None:
    """Write an archive with its manifest."""
    manifest = {
        "name": name,
        "title": title,
        "file": f"{name}.zip",
        "sha256": sha256_of(data),
        "size_bytes": len(data),
        **told,
        "measured": measured,
        "details": details,
    }
    folder.mkdir(exist_ok=True)
    atomic_write(folder / f"{name}.zip", data)
    atomic_write(folder / f"{name}.json", json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")


def ship(
    lab: Lab, experiment: Experiment, folder: Path, *, name: str, title: str, command: str, measured: Mapping[str, Any]
) -> None:
    """Train what is not there yet and write ``name.zip``, an archive without files, and ``name.json``.

    Ends the program where it fails.
    """
    job_id, told = finished(lab, experiment, name), told_by(command)
    data = lab.archives.pack([job_id], files=False, title=title, **told)
    results = lab.reports.results([job_id])
    taught = results[results["role"] != "teacher"]
    details = {
        "specification": json.loads(lab.reports.specification(job_id)),
        "environment": taught["environment"].iloc[-1],
    }
    write(folder, name, data, title=title, told=told, measured={"runs": len(taught), **measured}, details=details)
    print(f"{name}: {len(taught)} runs, {len(data):,} bytes", flush=True)
