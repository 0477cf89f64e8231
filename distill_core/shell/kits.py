"""The shell's export of a run: a folder or a zip with all that an application needs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from distill_core.deployment.kit.build import as_zip, check_folder, write_folder
from distill_core.errors import InvalidSetting
from distill_core.lab import Lab
from distill_core.shell.named_runs import best_run
from distill_core.shell.printing import STREAM, Share, check_new, note, progress, write_bytes

EXPECTED = "RUN DIR for a kit, or JOB... -o FILE for an archive"


def add_kit_options(export: argparse.ArgumentParser) -> None:
    """Add what only a kit takes."""
    export.add_argument(
        "--precision",
        metavar="NAMES",
        default="",
        help="of a kit: float32, float16, int8, or several with commas; by default the run's own",
    )
    export.add_argument("--zip", action="store_true", help="of a kit: one zip file instead of a folder")


def check_archive(chosen: argparse.Namespace) -> None:
    """Raise InvalidSetting where an archive is asked for with options of a kit."""
    if chosen.precision or chosen.zip:
        hint = "leave --precision and --zip out, or write export RUN DIR"
        raise InvalidSetting("an archive", expected="experiments alone", got="options of a kit", hint=hint)


def export_kit(lab: Lab, words: Sequence[str], chosen: argparse.Namespace) -> int:
    """Write the kit of a run, or of an experiment's best student. Raises InvalidSetting, NotFound."""
    name, place = words
    path = _place(place, chosen)
    run = best_run(lab, name)
    run_id, precisions = str(run["run_id"]), [part.strip() for part in chosen.precision.split(",") if part.strip()]
    with progress() as show:
        kit = lab.kits.make(run_id, precisions, lambda share, step: show(_share(share, step)))
    if chosen.zip:
        write_bytes(path, as_zip(kit, lab.kits.folder_name(run_id)))
    else:
        write_folder(kit, path)
    total = sum(map(len, kit.files.values()))
    note(f"exported {run['student']} with seed {run['seed']}, run {run_id}: {len(kit.files)} files, {total:,} bytes")
    return 0


def check_words(words: Sequence[str]) -> None:
    """Raise InvalidSetting unless these are a run and a place."""
    if len(words) != 2:
        got = f"{' '.join(words)} without -o"
        raise InvalidSetting("export", expected=EXPECTED, got=got, hint="name the folder, or the archive with -o")


def _place(place: str, chosen: argparse.Namespace) -> Path:
    """Where the kit goes; checked before anything is made."""
    path = Path(place)
    if not chosen.zip:
        if path == STREAM:
            hint = "name a folder, or add --zip"
            raise InvalidSetting("a kit", expected="a folder", got="standard output", hint=hint)
        check_folder(path)
        return path
    if path == STREAM:
        return path
    file = path if path.suffix.lower() == ".zip" else path.with_name(f"{path.name}.zip")
    check_new("export", file, force=chosen.force)
    return file


def _share(fraction: float, step: str) -> Share:
    ended = not step
    return Share(fraction=fraction, stage="finished" if ended else step, time_left="", ended=ended)
