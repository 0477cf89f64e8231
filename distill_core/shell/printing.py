"""What the shell prints and writes: texts, progress, the table, and an object a run."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from distill_core.decimals import difference_digits, fixed
from distill_core.errors import InvalidSetting, StorageFailed
from distill_core.files import atomic_write
from distill_core.jobs.background_task import TaskStatus
from distill_core.lab import home_of
from distill_core.lab.views import JobView
from distill_core.lazy_torch import pd
from distill_core.reports.results import metric_of, named_by_metric
from distill_core.store import holds_lab

FAILED, CLOSED = 1, 141
# The first bytes of a lab's database.
SQLITE = b"SQLite format 3"
# In place of a file: standard input or output.
STREAM = Path("-")
OUT_COLUMNS = [
    *["student", "architecture", "method", "temperature", "alpha", "seed", "labels", "transfer"],
    *["valid_accuracy", "test_accuracy", "macro_recall", "ece", "nll_nats", "agreement", "updates"],
    *["parameters", "macs", "size_bytes", "onnx_bytes", "p50_ms", "p95_ms", "disturbed", "round_id", "seconds"],
    *["role", "taught_by", "width", "stem_stride", "state", "message", "run_id", "job_id"],
]
COUNTS = {"seed", "labels", "updates", "parameters", "macs", "size_bytes", "onnx_bytes"}
ENDED = ("finished", "failed", "stopped", "interrupted")
NO_TABLE = "No network was trained, so there is no table."


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How far work is, 0 to 1: what it does now, or how it ended."""

    fraction: float
    stage: str
    time_left: str
    ended: bool


Show = Callable[[Share], None]


def say(text: str) -> None:
    """Print a whole text at once. Raises BrokenPipeError where its reader has gone, StorageFailed on a full disk."""
    with _standard_output():
        print(text, flush=True)


@contextmanager
def _standard_output() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        hint = "free some room, or send it elsewhere"
        raise StorageFailed("standard output", expected="room for it", got=error, hint=hint) from error


def note(text: str) -> None:
    """Print to standard error; work goes on where that is closed."""
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def status_of(problems: Iterable[str]) -> int:
    """Print problems to standard error; returns the exit status, 0 where there is none."""
    status = 0
    for line in problems:
        note(line)
        status = FAILED
    return status


def flushed(status: int) -> int:
    """Flush both streams; returns ``status``, or the status of the failure where that is impossible."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        try:
            stream.flush()
        except OSError as error:
            # Python flushes again at its end, and would print a traceback.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            status = CLOSED if isinstance(error, BrokenPipeError) else status or FAILED
    return status


def check_output(option: str, path: Path) -> None:
    """Check before the work that its output can be written. Raises InvalidSetting."""
    if path.is_dir():
        raise InvalidSetting(f"{option} {path}", expected="a file", got="a folder", hint="name a file in it")
    if path.exists() and not path.is_file():
        return  # a device or a pipe
    place = Path(os.path.realpath(path))  # where ``write`` puts it, though a link may lead nowhere yet
    try:
        if place.is_file() and _is_database(place):
            expected, hint = "a file that may be replaced", "choose another name"
            raise InvalidSetting(f"{option} {path}", expected=expected, got="a database", hint=hint)
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=place.parent):
            pass
    except OSError as error:
        hint = "choose a folder that may be written"
        raise InvalidSetting(f"{option} {path}", expected="a place to write to", got=error, hint=hint) from error


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def write(path: Path, text: str) -> None:
    """Write a text and a line's end. Raises StorageFailed; BrokenPipeError where the reader of a pipe has gone."""
    if path == STREAM:
        say(text)
    else:
        write_bytes(path, f"{text}\n".encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file, a device or a pipe; ``STREAM``: standard output. Raises StorageFailed; BrokenPipeError where the
    reader of a pipe has gone."""
    if path == STREAM:
        with _standard_output():
            sys.stdout.buffer.write(data)
            sys.stdout.flush()
        return
    if not path.exists() or path.is_file():
        atomic_write(Path(os.path.realpath(path)), data)
        return
    # A device or a pipe: a file that is put in its place would end it.
    try:
        path.write_bytes(data)
    except BrokenPipeError:
        raise
    except OSError as error:
        hint = "name a file"
        raise StorageFailed(f"writing {path}", expected="room for it", got=error, hint=hint) from error


def check_new(option: str, path: Path, *, force: bool) -> None:
    """Raise InvalidSetting where a file could not be written there, or is there already and ``force`` is not said."""
    check_output(option, path)
    if path.is_file() and not force:
        expected, hint = "a file that is not there yet", "choose another name, or add --force to replace it"
        raise InvalidSetting(f"{option} {path}", expected=expected, got="one that is", hint=hint)


def home_of_lab(chosen: Path | None) -> Path:
    """The home that a command is about. Raises InvalidSetting where no lab has ever been."""
    home = home_of(chosen)
    if not holds_lab(home):
        expected, hint = "the home of a lab, where a run is stored", "choose the one that its run was given"
        raise InvalidSetting(f"--home {home}", expected=expected, got="none", hint=hint)
    return home


def progress() -> AbstractContextManager[Show]:
    """A function that shows the progress of work at each call: as a bar in a terminal, as a few lines in a file."""
    return _bar() if sys.stderr is not None and sys.stderr.isatty() else _lines()


def share(work: JobView | TaskStatus) -> Share:
    """How far a job or a background task is."""
    if not isinstance(work, TaskStatus):
        stage = work.state if work.state in ENDED else work.progress.stage if work.progress else "Waiting"
        return Share(fraction=work.fraction, stage=stage, time_left=work.time_left, ended=work.state in ENDED)
    if not work.finished:
        fraction, stage = work.done / max(1, work.total), work.step or "Waiting"
        return Share(fraction=fraction, stage=stage, time_left=work.time_left, ended=False)
    ended = "failed" if work.error else "stopped" if work.stopped else "finished"
    fraction = 1.0 if ended == "finished" else work.done / max(1, work.total)
    return Share(fraction=fraction, stage=ended, time_left="", ended=True)


@contextmanager
def _bar() -> Iterator[Show]:
    from tqdm import tqdm

    with tqdm(total=100, unit="%", bar_format="{desc} {percentage:3.0f} %|{bar}| {elapsed}{postfix}") as bar:

        def show(work: Share) -> None:
            bar.n = round(100 * work.fraction)
            bar.set_description_str(work.stage)
            bar.set_postfix_str(work.time_left)

        yield show


@contextmanager
def _lines() -> Iterator[Show]:
    """A line for each stage, for each tenth of the work and for the end."""
    printed: set[str | int] = set()

    def show(work: Share) -> None:
        now: set[str | int] = {work.stage, int(10 * work.fraction)}
        if not now <= printed or work.ended:
            printed.update(now)
            words = filter(None, (work.stage, work.time_left))
            note(f"{100 * work.fraction:3.0f} % {', '.join(words)}")

    yield show


def records(results: pd.DataFrame) -> list[dict[str, Any]]:
    """An object a run, of plain values; with the metric's name, also in those of its scores, where it is not
    accuracy."""
    columns = [*OUT_COLUMNS, *(["metric"] if (results["metric"] != "accuracy").any() else [])]
    return [
        {name: int(value) if name in COUNTS and value is not None else value for name, value in row.items()}
        for row in plain(named_by_metric(results[columns]))
    ]


def plain(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """A table as objects of plain values; a missing number is None."""
    # Through pandas' own JSON, which has no NaN.
    found: list[dict[str, Any]] = json.loads(rows.to_json(orient="records", double_precision=15))
    return found


def table(summary: pd.DataFrame) -> str:
    """The summary as text, a row a student; a sentence where it is empty. Disturbed latencies are marked, and what
    disturbed them stands below."""
    students = summary.to_dict("records")
    rows = [_table_row(row) for row in students]
    if not rows:
        return NO_TABLE
    if not any(row["latency was"] for row in rows):
        rows = [{name: value for name, value in row.items() if name != "latency was"} for row in rows]
    metric = metric_of(summary)
    named = pd.DataFrame(rows).rename(columns={} if metric == "accuracy" else {"test": f"test {metric}"})
    text = named.to_string(index=False, float_format=lambda value: fixed(value, 3), na_rep="")
    told = [f"{row['student']}: latency disturbed: {row['disturbed']}" for row in students if _told(row["disturbed"])]
    return "\n".join([text, *told])


def _table_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    tested, delta = row["test_accuracy"], row["delta_points"]
    accuracy = (
        "" if _missing(tested) else f"{fixed(100 * tested, 1)}%" + _plus_minus(row["test_accuracy_half_width"], 100, 1)
    )
    digits = 1 if _missing(delta) else difference_digits(delta, tested, row.get("control_accuracy"))
    sign = "" if _missing(delta) or fixed(delta, digits).startswith("-") else "+"
    half = row["delta_half_width_points"]
    against = "" if _missing(delta) else f"{sign}{fixed(delta, digits)}" + _plus_minus(half, 1, digits)
    return {
        "student": row["student"],
        "seeds": row["seeds"],
        "test": accuracy,
        "against control": against,
        "verdict": row["verdict"] or "",
        "parameters": _whole(row["parameters"]),
        "ONNX bytes": _whole(row["onnx_bytes"]),
        "p50 ms": row["p50_ms"],
        "p95 ms": row["p95_ms"],
        "latency was": "disturbed" if _told(row["disturbed"]) else "",
        "run": _run(row["run_ids"]),
    }


def _run(run_ids: Sequence[str]) -> str:
    """The first run, which other commands take, and how many more seeds there are."""
    return "" if not run_ids else run_ids[0] + (f" +{len(run_ids) - 1}" if len(run_ids) > 1 else "")


def _told(disturbed: Any) -> bool:
    return isinstance(disturbed, str) and bool(disturbed)


def _whole(number: Any) -> str:
    return "" if _missing(number) else f"{number:,.0f}"


def _plus_minus(half_width: Any, scale: float, digits: int) -> str:
    return "" if _missing(half_width) else f" ± {fixed(scale * half_width, digits)}"


def _missing(value: Any) -> bool:
    return value is None or value != value
