"""The shell's commands on stored experiments: list, show, delete, export and import."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from distill_core.archive import MOST_BYTES
from distill_core.errors import InvalidSetting
from distill_core.jobs.process_exit import LEAVING_SECONDS
from distill_core.lab import JobView, Lab, home_of
from distill_core.shell import (
    STREAM,
    check_new,
    check_output,
    home_of_lab,
    note,
    records,
    say,
    table,
    write,
    write_bytes,
)

MOST_LISTED = 1_000


def add_experiments(commands: Any) -> list[argparse.ArgumentParser]:
    """Add the commands; returns those that take a home."""
    listing = _command(commands, "jobs", "list stored experiments, the newest first", _jobs)
    show = _command(commands, "show", "print the table of an experiment", _show)
    for command in (listing, show):
        command.add_argument("--json", type=Path, metavar="OUT", help="write objects; - prints them, and no table")
    delete = _command(commands, "delete", "delete experiments, and the runs that no other one shows", _delete)
    export = _command(commands, "export", "write experiments to one archive", _export)
    export.add_argument("-o", "--output", type=Path, metavar="FILE", required=True, help="- is standard output")
    export.add_argument("--force", action="store_true", help="even where there is such a file already")
    show.add_argument("job")
    for command in (delete, export):
        command.add_argument("jobs", nargs="+", metavar="JOB")
    taking = _command(commands, "import", "take in the experiments of an archive, all or none", _import)
    taking.add_argument("archive", type=Path, help="a file that a lab exported; - reads standard input")
    rename = _command(commands, "rename", "change what an experiment is called", _rename)
    rename.add_argument("job")
    rename.add_argument("name", nargs="?", help="an empty one gives back its title")
    rename.add_argument("--tag", action="append", metavar="TAG", help="one of its tags; several times for several")
    rename.add_argument("--note")
    return [listing, show, delete, export, taking, rename]


def _command(
    commands: Any, name: str, told: str, action: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=told)
    command.set_defaults(action=action)
    return command


def _jobs(chosen: argparse.Namespace) -> int:
    with _lab(home_of_lab(chosen.home)) as lab:
        jobs = lab.jobs(MOST_LISTED)
    if chosen.json:
        values = [
            {
                **{"job_id": job.id, "title": job.subject, "state": job.state},
                **{"submitted_at": job.submitted_at.isoformat(), "name": job.name, "tags": job.tags, "note": job.note},
            }
            for job in jobs
        ]
        _write_objects(chosen.json, values)
    if chosen.json != STREAM:
        say("\n".join(f"{job.id:<18}{job.state:<13}{_called(job)}" for job in jobs) or "No experiment is stored.")
    return 0


def _show(chosen: argparse.Namespace) -> int:
    with _lab(home_of_lab(chosen.home)) as lab:
        job, summary = lab.job(chosen.job), lab.reports.summary(chosen.job)
        results = lab.reports.results([chosen.job])
    if chosen.json:
        _write_objects(chosen.json, records(results))
    if chosen.json != STREAM:
        note_lines = [job.note] if job.note else []
        say("\n".join([f"{_called(job)} ({job.state})", *note_lines, table(summary)]))
    return 0


def _called(job: JobView) -> str:
    return "  ".join([job.title, *(f"[{tag}]" for tag in job.tags)])


def _rename(chosen: argparse.Namespace) -> int:
    with _lab(home_of_lab(chosen.home)) as lab:
        lab.naming.rename(chosen.job, name=chosen.name, tags=chosen.tag, note=chosen.note)
        say(f"{chosen.job:<18}{_called(lab.job(chosen.job))}")
    return 0


def _delete(chosen: argparse.Namespace) -> int:
    with _lab(home_of_lab(chosen.home)) as lab:
        for job_id in chosen.jobs:
            lab.job(job_id)  # raises where there is none, before anything is deleted
        for job_id in dict.fromkeys(chosen.jobs):
            lab.delete(job_id)
            note(f"deleted {job_id}")
    return 0


def _export(chosen: argparse.Namespace) -> int:
    if chosen.output != STREAM:
        check_new("--output", chosen.output, force=chosen.force)
    with _lab(home_of_lab(chosen.home)) as lab:
        data = lab.archives.pack(chosen.jobs)
    if chosen.output != STREAM:
        write_bytes(chosen.output, data)
    else:
        sys.stdout.buffer.write(data)
    note(f"exported {len(dict.fromkeys(chosen.jobs))} experiments, {len(data):,} bytes")
    return 0


def _import(chosen: argparse.Namespace) -> int:
    if chosen.archive == STREAM:
        source: bytes | Path = sys.stdin.buffer.read(MOST_BYTES + 1) if sys.stdin else b""
    elif chosen.archive.is_file():
        source = chosen.archive
    else:
        hint = "name a file that a lab exported"
        raise InvalidSetting("an archive", expected="a file", got=f"none at {chosen.archive}", hint=hint)
    with _lab(home_of(chosen.home)) as lab:
        for job_id in lab.archives.unpack(source):
            say(f"{job_id:<18}{lab.job(job_id).title}")
    return 0


def _write_objects(path: Path, values: object) -> None:
    if path != STREAM:
        check_output("--json", path)
    write(path, json.dumps(values, indent=2, ensure_ascii=False))


@contextmanager
def _lab(home: Path) -> Iterator[Lab]:
    lab = Lab.open(home)
    try:
        yield lab
    finally:
        lab.close(LEAVING_SECONDS)
