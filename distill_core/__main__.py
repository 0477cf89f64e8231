"""The lab from a shell: the same engine, the same store.

python -m distill_core list tasks|architectures|methods [--home DIR]
python -m distill_core example [--seeds N] [-o FILE [--force]]
python -m distill_core run FILE|- [--home DIR] [--json OUT|-]
python -m distill_core bench RUN [--home DIR]
python -m distill_core jobs [--home DIR] [--json OUT|-]
python -m distill_core show JOB [--home DIR] [--json OUT|-]
python -m distill_core delete JOB... [--home DIR]
python -m distill_core export JOB... -o FILE|- [--force] [--home DIR]
python -m distill_core import FILE|- [--home DIR]
python -m distill_core rename JOB [NAME] [--tag TAG ...] [--note TEXT] [--home DIR]

A specification is read in UTF-8 or UTF-16, with a byte order mark or without; - is standard input or output.
The exit status is 0 where everything worked, 1 where a run or something else failed, 2 where the specification or
the command line is wrong, 130 after Ctrl-C, 143 after SIGTERM, 129 after its terminal was closed, 141 where the
reader of a pipe has gone.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from distill_core import __version__
from distill_core.decimals import fixed
from distill_core.errors import DistillError, InvalidSetting, NotFound, StorageFailed, UnknownName
from distill_core.jobs.process_exit import LEAVING_SECONDS, Terminated, exit_process, raise_on_termination
from distill_core.lab import Lab, home_of
from distill_core.lab.views import JobView
from distill_core.lazy_torch import pd
from distill_core.methods import METHODS
from distill_core.networks import ARCHITECTURES
from distill_core.shell import (
    CLOSED,
    ENDED,
    FAILED,
    STREAM,
    check_new,
    check_output,
    flushed,
    home_of_lab,
    note,
    progress,
    records,
    say,
    table,
    write,
)
from distill_core.shell_experiments import add_experiments
from distill_core.spec import MOST_BYTES, Experiment
from distill_core.tasks import TaskCatalog
from distill_core.templates.presets import default_experiment
from distill_core.time_left import others

WRONG, STOPPED = 2, 130
MOST_SHOWN = 10


def program() -> int:
    """Run ``main`` as a process of its own; returns its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a code page may lack characters of a name
            stream.reconfigure(errors="backslashreplace")
    try:
        status = main()
    except SystemExit as ended:  # argparse has printed the reason
        status = ended.code if isinstance(ended.code, int) else WRONG
    return flushed(status)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status of the module's docstring. Raises SystemExit for unknown arguments."""
    chosen = _parser().parse_args(arguments)
    try:
        with raise_on_termination():
            return int(chosen.action(chosen))
    except (InvalidSetting, UnknownName, NotFound) as error:
        note(str(error))
        return WRONG
    except DistillError as error:
        note(str(error))
        return FAILED
    except BrokenPipeError:
        return CLOSED
    except KeyboardInterrupt as error:
        note("stopped; what was finished is stored")
        return error.status if isinstance(error, Terminated) else STOPPED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m distill_core", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"Distill Lab {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="what can be chosen")
    listing.add_argument("what", choices=("tasks", "architectures", "methods"))
    listing.set_defaults(action=_list)
    example = commands.add_parser("example", help="print the default comparison as JSON, or write it to a file")
    example.add_argument("--seeds", type=int, default=1)
    example.add_argument("-o", "--output", type=Path, metavar="FILE", default=STREAM, help="write it there, in UTF-8")
    example.add_argument("--force", action="store_true", help="even where there is such a file already")
    example.set_defaults(action=_example)
    run = commands.add_parser("run", help="train a specification and print the table")
    run.add_argument("specification", type=Path, help="a JSON file in UTF-8 or UTF-16; - reads standard input")
    run.add_argument("--json", type=Path, metavar="OUT", help="write one object a run; - prints them, and no table")
    run.set_defaults(action=_run)
    bench = commands.add_parser("bench", help="measure a run's ONNX file again")
    bench.add_argument("run")
    bench.set_defaults(action=_bench)
    for command in (listing, run, bench, *add_experiments(commands)):
        command.add_argument("--home", type=Path, help="where data goes; by default DISTILL_HOME")
    return parser


def _list(chosen: argparse.Namespace) -> int:
    tasks = TaskCatalog(home_of(chosen.home))
    entries: dict[str, Iterable[Any]] = {"tasks": tasks, "architectures": ARCHITECTURES, "methods": METHODS}
    say("\n".join(f"{entry.name:<22}{entry.title}: {entry.teaches}" for entry in entries[chosen.what]))
    return 0


def _example(chosen: argparse.Namespace) -> int:
    if not 1 <= chosen.seeds <= 20:
        raise InvalidSetting("--seeds", expected="1 to 20", got=chosen.seeds, hint="choose a number in between")
    if chosen.output != STREAM:
        check_new("--output", chosen.output, force=chosen.force)
    write(chosen.output, default_experiment(chosen.seeds).to_json())
    return 0


def _run(chosen: argparse.Namespace) -> int:
    experiment = Experiment.from_json(_read(chosen.specification))
    if chosen.json not in (None, STREAM):
        _check_objects(chosen.json, chosen.specification)
    lab = Lab.open(chosen.home)
    try:
        for line in lab.plan(experiment).notes:
            note(line)
        job = _watch(lab, lab.submit(experiment))
        results = lab.reports.results([job.id])
        unwritten = _unwritten(chosen.json, results) if chosen.json else None
        unreadable = lab.reports.unreadable([job.id])
        if chosen.json != STREAM:
            say(table(lab.reports.summary(job.id)))
    finally:
        lab.close(LEAVING_SECONDS)
    problems = [*_failures(results), *([unwritten] if unwritten else [])]
    if job.state != "finished":
        problems.append(f"{job.state}: {job.error or 'no reason was given'}")
    for line in (*(f"{run.student} (seed {run.seed}): {run.why}" for run in unreadable), *problems):
        note(line)
    return FAILED if problems else 0


def _bench(chosen: argparse.Namespace) -> int:
    lab = Lab.open(home_of_lab(chosen.home))
    try:
        measured = lab.devices.remeasure(chosen.run)
    finally:
        lab.close(LEAVING_SECONDS)
    columns = ["batch_size", "threads", "provider", "first_ms", "runs", "p50_ms", "p90_ms", "p95_ms", "p99_ms"]
    if measured["disturbed"].any():
        columns.append("disturbed")
    say(measured[columns].to_string(index=False, float_format=lambda value: fixed(value, 3)))
    return 0


def _read(path: Path) -> bytes:
    try:
        if path != STREAM:
            with path.open("rb") as file:
                return file.read(MOST_BYTES + 1)
        return sys.stdin.buffer.read(MOST_BYTES + 1) if sys.stdin else b""
    except OSError as error:
        raise InvalidSetting(f"the specification cannot be read: {error}") from error


def _check_objects(path: Path, specification: Path) -> None:
    check_output("--json", path)
    if path.exists() and specification.exists() and path.samefile(specification):
        hint = "choose another name"
        raise InvalidSetting("--json", expected="a file of its own", got="the specification's", hint=hint)


def _unwritten(path: Path, results: pd.DataFrame) -> str | None:
    """Write an object a run; returns the reason of a failure, since the table is printed all the same."""
    try:
        write(path, json.dumps(records(results), indent=2))
    except StorageFailed as error:
        return str(error)
    return None


def _watch(lab: Lab, job_id: str) -> JobView:
    busy = ""
    with progress() as show:
        while True:
            job = lab.wait(job_id, timeout_seconds=0.5)
            show(job)
            if not busy and (busy := others(lab.busy())):
                note(busy)
            if job.state in ENDED:
                return job


def _failures(results: pd.DataFrame) -> list[str]:
    """Lines with the number of failed runs and the reasons of the first ones."""
    runs = results[results["role"] != "teacher"]
    failed = runs[runs["state"] != "finished"]
    if failed.empty:
        return []
    shown = failed.head(MOST_SHOWN)
    reasons = zip(shown["student"], shown["seed"], shown["message"], strict=True)
    lines = [f"  {student}, seed {seed}: {message}" for student, seed, message in reasons]
    more = [f"  and {len(failed) - len(shown)} more"] if len(failed) > len(shown) else []
    return [f"{len(failed)} of {len(runs)} runs failed:", *lines, *more]


if __name__ == "__main__":
    exit_process(program())
