"""The shell's commands on stored experiments: list, show, their results, delete, export and import."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from distill_core.archive import MOST_BYTES
from distill_core.errors import InvalidSetting
from distill_core.lab import JobView, Lab, home_of
from distill_core.reports.gathered import flat, gathered
from distill_core.shell.kits import add_kit_options, check_archive, check_words, export_kit
from distill_core.shell.outputs import add_command, check_outputs, opened, put
from distill_core.shell.printing import (
    NO_TABLE,
    STREAM,
    check_new,
    home_of_lab,
    note,
    plain,
    records,
    say,
    status_of,
    table,
    write_bytes,
)
from distill_core.store import holds_lab

MOST_LISTED = 1_000
NAMED = "its number, or four letters and more that only it starts with"
KIT = "without -o a run, or an experiment for its best student, and the new folder for its kit"
NONE = "No experiment is stored. The command run trains one; --home names the home of another lab."


def add_experiments(commands: Any) -> list[argparse.ArgumentParser]:
    """Add the commands; returns them."""
    listing = add_command(commands, "jobs", "list stored experiments, the newest first", _jobs, outputs=True)
    show = add_command(commands, "show", "print the table of an experiment; objects: one a run", _show, outputs=True)
    results = add_command(
        commands,
        "results",
        "compare the networks of experiments in one table; objects: one a network",
        _results,
        outputs=True,
    )
    delete = add_command(commands, "delete", "delete experiments, and the runs that no other one shows", _delete)
    export = add_command(commands, "export", "write experiments to one archive, or the kit of a run", _export)
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help="an archive; - is standard output")
    add_kit_options(export)
    export.add_argument("--force", action="store_true", help="even where there is such a file already")
    show.add_argument("job", metavar="JOB", help=NAMED)
    results.add_argument("jobs", nargs="*", metavar="JOB", help="by default all with a finished network")
    delete.add_argument("jobs", nargs="+", metavar="JOB", help=NAMED)
    export.add_argument("jobs", nargs="+", metavar="JOB|RUN DIR", help=f"experiments: {NAMED}; {KIT}")
    taking = add_command(commands, "import", "take in the experiments of an archive, all or none", _import)
    taking.add_argument("archive", type=Path, help="a file that a lab exported; - reads standard input")
    rename = add_command(commands, "rename", "change what an experiment is called", _rename)
    rename.add_argument("job", metavar="JOB", help=NAMED)
    rename.add_argument("name", nargs="?", help="an empty one gives back its title")
    rename.add_argument("--tag", action="append", metavar="TAG", help="one of its tags; several times for several")
    rename.add_argument("--note")
    return [listing, show, results, delete, export, taking, rename]


def _jobs(chosen: argparse.Namespace) -> int:
    check_outputs(chosen)
    home = home_of(chosen.home)
    if not holds_lab(home):  # what only reads makes no home
        return status_of(put(chosen, [], NONE))
    with opened(home) as lab:
        jobs = lab.jobs(MOST_LISTED)
    objects = [
        {
            **{"job_id": job.id, "title": job.subject, "state": job.state},
            **{"submitted_at": job.submitted_at.isoformat(), "name": job.name, "tags": job.tags, "note": job.note},
        }
        for job in jobs
    ]
    lines = "\n".join(f"{job.id:<18}{job.state:<13}{_called(job)}" for job in jobs)
    return status_of(put(chosen, objects, lines or NONE))


def _show(chosen: argparse.Namespace) -> int:
    check_outputs(chosen)
    with opened(home_of_lab(chosen.home)) as lab:
        job = lab.job(lab.naming.job_id(chosen.job))
        summary, results = lab.reports.summary(job.id), lab.reports.results([job.id])
    lines = [f"{_called(job)} ({job.state})", *([job.note] if job.note else []), table(summary)]
    return status_of(put(chosen, records(results), "\n".join(lines)))


def _called(job: JobView) -> str:
    return "  ".join([job.title, *(f"[{tag}]" for tag in job.tags)])


def _rename(chosen: argparse.Namespace) -> int:
    with opened(home_of_lab(chosen.home)) as lab:
        job_id = lab.naming.job_id(chosen.job)
        lab.naming.rename(job_id, name=chosen.name, tags=chosen.tag, note=chosen.note)
        say(f"{job_id:<18}{_called(lab.job(job_id))}")
    return 0


def _results(chosen: argparse.Namespace) -> int:
    check_outputs(chosen)
    home = home_of(chosen.home)
    if not chosen.jobs and not holds_lab(home):  # what only reads makes no home
        return status_of(put(chosen, [], NO_TABLE))
    with opened(home_of_lab(home)) as lab:
        asked = _ids(lab, chosen.jobs) or [job.id for job in lab.jobs(MOST_LISTED)]
        finished = lab.reports.with_finished(asked)
        jobs = [job_id for job_id in asked if job_id in finished]
        if not jobs:
            return status_of(put(chosen, [], NO_TABLE))
        rows, _ = gathered(jobs, lab.reports.summary, lab.reports.results)
    files = flat(rows)
    objects = [{**row, "run_ids": row["run_ids"].split()} for row in plain(files)]
    return status_of(put(chosen, objects, table(rows), files))


def _ids(lab: Lab, jobs: Sequence[str]) -> list[str]:
    """The ids of the named jobs, each once. Raises NotFound where there is none, before anything is done."""
    return list(dict.fromkeys(lab.job(lab.naming.job_id(named)).id for named in jobs))


def _delete(chosen: argparse.Namespace) -> int:
    with opened(home_of_lab(chosen.home)) as lab:
        for job_id in _ids(lab, chosen.jobs):
            lab.delete(job_id)
            note(f"deleted {job_id}")
    return 0


def _export(chosen: argparse.Namespace) -> int:
    if chosen.output is None:
        check_words(chosen.jobs)
        with opened(home_of_lab(chosen.home)) as lab:
            return export_kit(lab, chosen.jobs, chosen)
    check_archive(chosen)
    if chosen.output != STREAM:
        check_new("--output", chosen.output, force=chosen.force)
    with opened(home_of_lab(chosen.home)) as lab:
        jobs = _ids(lab, chosen.jobs)
        data = lab.archives.pack(jobs)
    write_bytes(chosen.output, data)
    count = len(jobs)
    note(f"exported {count} experiment{'' if count == 1 else 's'}, {len(data):,} bytes")
    return 0


def _import(chosen: argparse.Namespace) -> int:
    if chosen.archive == STREAM:
        source: bytes | Path = sys.stdin.buffer.read(MOST_BYTES + 1) if sys.stdin else b""
    elif chosen.archive.is_file():
        source = chosen.archive
    else:
        hint = "name a file that a lab exported"
        raise InvalidSetting("an archive", expected="a file", got=f"none at {chosen.archive}", hint=hint)
    with opened(home_of(chosen.home)) as lab:
        for job_id in lab.archives.unpack(source):
            say(f"{job_id:<18}{lab.job(job_id).title}")
    return 0
