"""The lab from a shell: the same engine, the same store.

python -m distill_core list tasks|architectures|methods|steps|teachers|corruptions
python -m distill_core example [--seeds N] [-o FILE|- [--force]]
python -m distill_core run FILE|-
python -m distill_core bench RUN
python -m distill_core compress [RUN|JOB|TEACHER [STEP...]] [--updates N] [--labels N] [--seeds N] [--no-controls]
python -m distill_core adapt RUN
python -m distill_core voices
python -m distill_core robustness RUN|JOB... [--images N] [--corruption NAME]... [--attacks]
python -m distill_core jobs
python -m distill_core show JOB
python -m distill_core results [JOB...]
python -m distill_core delete JOB...
python -m distill_core export JOB... -o FILE|- [--force]
python -m distill_core export RUN|JOB DIR|- [--precision float32,float16,int8] [--zip [--force]]
python -m distill_core import FILE|-
python -m distill_core report JOB... -o FILE.html|FILE.ipynb [--force]
python -m distill_core data add NAME PATH [--side PX|--sounds|--text COLUMN --label COLUMN]
python -m distill_core data list | show NAME | remove NAME
python -m distill_core rename JOB [NAME] [--tag TAG ...] [--note TEXT]

JOB is an experiment's number or its start, at least four letters of it, with # before them or not.
Every command takes --home DIR, and every one with a table --json OUT|- and --csv OUT|-.
A specification is read in UTF-8 or UTF-16, with a byte order mark or without; - is standard input or output.
The exit status is 0 where everything worked, 1 where a run or something else failed, 2 where the specification or
the command line is wrong, 130 after Ctrl-C, 143 after SIGTERM, 129 after its terminal was closed, 141 where the
reader of a pipe has gone.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from distill_core import __version__
from distill_core.decimals import fixed
from distill_core.errors import DistillError, InvalidSetting, NotFound, UnknownName
from distill_core.jobs.process_exit import Terminated, exit_process, raise_on_termination
from distill_core.lab import home_of
from distill_core.planning.teacher_sources import teacher_options
from distill_core.shell.data import add_data
from distill_core.shell.experiments import add_experiments
from distill_core.shell.lists import add_list
from distill_core.shell.networks import add_networks
from distill_core.shell.outputs import add_command, check_outputs, opened, put
from distill_core.shell.printing import CLOSED, FAILED, STREAM, check_new, flushed, home_of_lab, note, plain, write
from distill_core.shell.reports import add_report
from distill_core.shell.training import train
from distill_core.shell.voices import add_voices
from distill_core.spec import MOST_BYTES, Experiment
from distill_core.tasks import TaskCatalog
from distill_core.templates.presets import default_experiment, first_experiment

WRONG, STOPPED = 2, 130


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
    listing = add_list(commands)
    example = add_command(commands, "example", "print the default comparison as JSON, or write it to a file", _example)
    example.add_argument("--seeds", type=int, metavar="N", default=1, help="1 to 20 (1)")
    example.add_argument("--task", metavar="NAME", help="of this task, with its first teacher (list tasks)")
    example.add_argument("-o", "--output", type=Path, metavar="FILE", default=STREAM, help="write it there, in UTF-8")
    example.add_argument("--force", action="store_true", help="even where there is such a file already")
    run = add_command(
        commands, "run", "train a specification and print the table; objects: one a run", _run, outputs=True
    )
    run.add_argument("specification", type=Path, help="a JSON file in UTF-8 or UTF-16; - reads standard input")
    bench = add_command(commands, "bench", "measure a run's ONNX file again", _bench, outputs=True)
    bench.add_argument("run", metavar="RUN")
    about = (
        *add_networks(commands),
        *add_voices(commands),
        *add_experiments(commands),
        *add_report(commands),
        *add_data(commands),
    )
    for command in (listing, example, run, bench, *about):
        command.add_argument("--home", type=Path, metavar="DIR", help="where data goes; by default DISTILL_HOME")
    return parser


def _example(chosen: argparse.Namespace) -> int:
    if not 1 <= chosen.seeds <= 20:
        raise InvalidSetting("--seeds", expected="1 to 20", got=chosen.seeds, hint="choose a number in between")
    if chosen.output != STREAM:
        check_new("--output", chosen.output, force=chosen.force)
    write(chosen.output, _comparison(chosen.task, chosen.seeds, home_of(chosen.home)).to_json())
    return 0


def _comparison(name: str | None, seeds: int, home: Path) -> Experiment:
    if name is None:
        return default_experiment(seeds)
    task = TaskCatalog(home).get(name)
    return first_experiment(task, teacher_options(task)[0].choice, seeds)


def _run(chosen: argparse.Namespace) -> int:
    experiment = Experiment.from_json(_read(chosen.specification))
    _check_own(chosen)
    check_outputs(chosen)
    with opened(home_of(chosen.home)) as lab:
        return train(lab, experiment, chosen)


def _bench(chosen: argparse.Namespace) -> int:
    check_outputs(chosen)
    with opened(home_of_lab(chosen.home)) as lab:
        measured = lab.devices.remeasure(chosen.run)
    columns = ["batch_size", "threads", "provider", "first_ms", "runs", "p50_ms", "p90_ms", "p95_ms", "p99_ms"]
    shown = [*columns, *(["disturbed"] if measured["disturbed"].any() else [])]
    told = measured[shown].to_string(index=False, float_format=lambda value: fixed(value, 3))
    failures = put(chosen, plain(measured[[*columns, "disturbed"]]), told)
    for line in failures:
        note(line)
    return FAILED if failures else 0


def _read(path: Path) -> bytes:
    try:
        if path != STREAM:
            with path.open("rb") as file:
                return file.read(MOST_BYTES + 1)
        return sys.stdin.buffer.read(MOST_BYTES + 1) if sys.stdin else b""
    except OSError as error:
        raise InvalidSetting(f"the specification cannot be read: {error}") from error


def _check_own(chosen: argparse.Namespace) -> None:
    """Raise InvalidSetting where an output would replace the specification."""
    specification = chosen.specification
    for option, path in (("--json", chosen.json), ("--csv", chosen.csv)):
        if path and path.exists() and specification.exists() and path.samefile(specification):
            hint = "choose another name"
            raise InvalidSetting(option, expected="a file of its own", got="the specification's", hint=hint)


if __name__ == "__main__":
    exit_process(program())
