"""The shell's door: what it prints, what it writes, how it fails."""

import functools
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import pandas as pd
import pytest

from distill_core import __version__
from distill_core.__main__ import main, program
from distill_core.errors import StorageFailed
from distill_core.lab import Lab
from distill_core.shell.printing import progress, share, table
from distill_core.spec import Experiment
from distill_core.store import Store
from distill_core.tasks import TASKS, TaskCatalog
from distill_core.templates.presets import default_experiment
from tests.quick import QUICK_TIMER, experiment, student

ROOT = Path(__file__).resolve().parent.parent

WANTED = {
    *("student", "architecture", "method", "temperature", "alpha", "seed", "labels", "transfer"),
    *("valid_accuracy", "test_accuracy", "macro_recall", "ece", "nll_nats", "agreement", "updates"),
    *("parameters", "macs", "size_bytes", "onnx_bytes", "p50_ms", "p95_ms", "seconds"),
    *("disturbed", "round_id"),
    "taught_by",
}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Latency is measured in a moment, and nothing else uses this machine."""
    monkeypatch.setattr(Lab, "open", functools.partial(Lab.open, timer=QUICK_TIMER))
    monkeypatch.setattr(Lab, "busy", lambda lab: None)


LISTED = {
    **{"tasks": "digits", "architectures": "resnet20", "methods": "kd", "steps": "prune"},
    **{"teachers": "shipped:fashion_resnet20", "corruptions": "fog"},
}


@pytest.mark.parametrize("what", LISTED)
def test_list_names_what_can_be_chosen(what: str, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    objects = home / "objects.json"
    assert main(["list", what, "--json", str(objects)]) == 0
    assert LISTED[what] in capsys.readouterr().out
    assert LISTED[what] in [entry["name"] for entry in json.loads(objects.read_text(encoding="utf-8"))]
    assert [*home.iterdir()] == [objects]


def test_list_names_the_networks_of_a_home_as_teachers(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "teachers", "--home", str(trained)]) == 0
    own = [line for line in capsys.readouterr().out.splitlines() if line.startswith("run:")]
    assert len(own) == 3
    assert all("(digits)" in line for line in own)


@pytest.mark.usefixtures("untrained")
def test_one_place_is_not_written_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = ["--json", "-", "--csv", "-", "--home", str(tmp_path / "home")]
    assert main(["run", written(tmp_path), *both]) == 2
    assert "--csv: expected another place than that of --json" in capsys.readouterr().err
    assert main(["run", written(tmp_path), "--csv", str(tmp_path / "spec.json")]) == 2
    assert "--csv: expected a file of its own, got the specification's" in capsys.readouterr().err


def test_list_names_the_tasks_of_a_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def own(home: Path) -> TaskCatalog:
        tasks = TaskCatalog(home)
        tasks.add(replace(TASKS.get("digits"), name=f"own_{home.name}"))
        return tasks

    monkeypatch.setattr("distill_core.shell.lists.TaskCatalog", own)
    monkeypatch.setenv("DISTILL_HOME", str(tmp_path / "here"))
    for words, home in (([], "here"), (["--home", str(tmp_path / "there")], "there")):
        assert main(["list", "tasks", *words]) == 0
        names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
        assert names == [*TASKS.names(), f"own_{home}"]
    assert not list(tmp_path.iterdir())


def test_the_example_is_the_default_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["example", "--seeds", "3"]) == 0
    assert Experiment.from_json(capsys.readouterr().out) == default_experiment(3)


def test_the_example_of_a_task_is_its_own_comparison(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["example", "--task", "speakers", "--seeds", "2"]) == 0
    found = Experiment.from_json(capsys.readouterr().out)
    assert (found.task, found.students[0].seeds) == ("speakers", (0, 1))
    assert found.students[0].architecture == "sequence_depthwise"
    assert main(["example", "--task", "speaker"]) == 2
    assert "Did you mean 'speakers'?" in capsys.readouterr().err


@pytest.mark.usefixtures("quick")
def test_run_writes_an_object_a_run_and_prints_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "spec.json").write_text(experiment().to_json(), encoding="utf-8")
    words = ["run", str(tmp_path / "spec.json"), "--home", str(tmp_path / "home"), "--json", str(tmp_path / "out.json")]
    assert main(words) == 0
    runs = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert [run["student"] for run in runs] == ["Plain CNN", "control", "KD", "KD, all"]
    assert all(set(run) >= WANTED for run in runs)
    assert runs[0]["agreement"] is None
    assert all(run["p50_ms"] <= run["p95_ms"] for run in runs)
    printed = capsys.readouterr()
    assert "control" in printed.out
    assert "100 % finished" in printed.err


@pytest.mark.usefixtures("quick")
def test_run_tells_once_that_other_programs_make_it_longer(
    trained: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lab, "busy", lambda lab: 0.5)
    assert main(["run", written(trained, experiment().to_json()), "--home", str(trained)]) == 0
    assert capsys.readouterr().err.count("Other programs use 50 %") == 1


def test_a_disturbed_latency_is_marked_in_the_table() -> None:
    numbers = ("test_accuracy", "test_accuracy_half_width", "delta_points", "delta_half_width_points")
    row = dict.fromkeys((*numbers, "parameters", "onnx_bytes", "p50_ms", "p95_ms"), 1.0)
    row |= {"run_ids": ["a" * 16, "b"]}
    rows = [{**row, "student": name, "seeds": 1, "verdict": "", "disturbed": told} for name, told in TAKEN.items()]
    assert "latency was" not in table(pd.DataFrame(rows[:2]))
    heading, *lines, below = table(pd.DataFrame(rows)).splitlines()
    assert heading.split()[-1] == "run"
    assert lines[-1].endswith("disturbed aaaaaaaaaaaaaaaa +1")
    assert below == "loaded: latency disturbed: other programs used 90% of the processors"


TAKEN = {"quiet": "", "from before": None, "loaded": "other programs used 90% of the processors"}


@pytest.fixture
def untrained(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever is submitted is a fault of the test."""

    def submit(lab: Lab, asked: Experiment) -> str:
        raise AssertionError("submitted")

    monkeypatch.setattr(Lab, "submit", submit)
    return


def written(folder: Path, text: str | bytes | None = None) -> str:
    """The path of a specification."""
    path = folder / "spec.json"
    content = experiment(updates=2).to_json() if text is None else text
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., int]]:
    """The shell as a process of its own would be: words, and where it prints; its exit status."""
    before = signal.getsignal(signal.SIGTERM)

    def ran(*words: str, stdout: TextIO) -> int:
        monkeypatch.setattr(sys, "argv", ["distill_core", *words])
        monkeypatch.setattr(sys, "stdout", stdout)
        return program()

    yield ran
    signal.signal(signal.SIGTERM, before)


def unread() -> int:
    """The end of a pipe that nobody reads."""
    read, write = os.pipe()
    os.close(read)
    return write


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "expected JSON"),
        (b"\xff\xfe{", "expected characters in UTF-8 or UTF-16"),
        ('{"task": "digits"}', "students: expected a value, got nothing"),
        (experiment(task="nowhere").to_json(), "no task named 'nowhere'"),
        (experiment(student("x", parameters={"beta": 1.0})).to_json(), "'x': parameters: expected those of 'kd'"),
    ],
)
def test_a_wrong_specification_says_what_is_wrong_and_ends_with_2(
    text: str | bytes, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", written(tmp_path, text), "--home", str(tmp_path / "home")]) == 2
    assert words in capsys.readouterr().err


def test_a_missing_file_and_too_many_seeds_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(tmp_path / "none.json")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert main(["example", "--seeds", "0"]) == 2
    assert "expected 1 to 20" in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_the_example_is_written_to_a_file_and_over_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "new" / "spec.json"
    assert main(["example", "-o", str(path)]) == 0
    assert Experiment.from_json(path.read_bytes()) == default_experiment()
    assert main(["example", "--seeds", "3", "--output", str(path)]) == 2
    assert "add --force" in capsys.readouterr().err
    assert Experiment.from_json(path.read_bytes()) == default_experiment()
    assert main(["example", "--seeds", "3", "-o", str(path), "--force"]) == 0
    assert Experiment.from_json(path.read_bytes()) == default_experiment(3)
    assert main(["example", "-o", str(tmp_path), "--force"]) == 2
    assert "expected a file, got a folder" in capsys.readouterr().err


@pytest.mark.usefixtures("quick")
def test_standard_input_is_read_and_the_objects_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As Windows' shell would hand it over."""
    told = io.BytesIO(experiment(updates=2).to_json().encode("utf-16"))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(told))
    assert main(["run", "-", "--home", str(tmp_path), "--json", "-"]) == 0
    assert [run["student"] for run in json.loads(capsys.readouterr().out)] == ["Plain CNN", "control", "KD", "KD, all"]


@pytest.mark.usefixtures("quick")
def test_a_run_that_failed_is_counted_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = experiment(student("wild", method="logit_regression"), student("KD"), optimiser={"learning_rate": 10.0})
    out = tmp_path / "out.json"
    assert main(["run", written(tmp_path, asked.to_json()), "--home", str(tmp_path / "home"), "--json", str(out)]) == 1
    states = {run["student"]: run["state"] for run in json.loads(out.read_text(encoding="utf-8"))}
    assert states["wild"] == "failed"
    failed = [name for name, state in states.items() if state == "failed"]
    told = capsys.readouterr()
    assert f"{len(failed)} of 3 runs failed:" in told.err
    assert "wild, seed 0: the loss of 'wild'" in told.err
    assert "failed" in told.out


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("spec.json", "--json: expected a file of its own, got the specification's"),
        ("", "expected a file, got a folder; name a file in it"),
        ("file/out.json", "expected a place to write to, got"),
        ("link", "expected a place to write to, got"),
        ("lab", "expected a file that may be replaced, got a database; choose another name"),
    ],
)
def test_objects_that_cannot_be_written_are_refused_before_the_training(
    place: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "link").symlink_to(tmp_path / "file" / "out.json")
    sqlite3.connect(tmp_path / "lab").execute("create table jobs (id)").connection.close()
    home = tmp_path / "home"
    assert main(["run", written(tmp_path), "--home", str(home), "--json", str(tmp_path / place)]) == 2
    assert words in capsys.readouterr().err
    assert not home.exists()
    assert {one.name for one in tmp_path.iterdir()} == {"file", "lab", "link", "spec.json"}


def test_more_hours_than_the_owner_allows_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISTILL_MAX_HOURS", "0.0001")
    asked = written(tmp_path, experiment(student(labels=3)).to_json())
    assert main(["run", asked, "--home", str(tmp_path / "home")]) == 2
    told = capsys.readouterr().err
    assert "3 labels for 10 classes, so 7 of them have none" in told
    assert "expected at most 0.0001 hours of work" in told
    assert "start it with DISTILL_MAX_HOURS=1 or more" in told
    with closing(Store.open(tmp_path / "home")) as store:
        assert store.jobs() == []


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a file without an end is a Unix device")
def test_a_specification_without_an_end_is_not_read_to_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "/dev/zero", "--home", str(tmp_path / "home")]) == 2
    assert "expected at most 4,000,000 characters, got more than that" in capsys.readouterr().err


@pytest.mark.usefixtures("quick")
def test_the_table_is_printed_where_the_objects_cannot_be_written_at_the_end(
    trained_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise StorageFailed("No space left on device")

    monkeypatch.setattr("distill_core.shell.printing.atomic_write", full)
    asked = written(tmp_path, experiment().to_json())
    assert main(["run", asked, "--home", str(trained_once), "--json", str(tmp_path / "out.json")]) == 1
    told = capsys.readouterr()
    assert "control" in told.out
    assert "No space left on device" in told.err


def test_a_queue_is_written_to_and_stays_one(tmp_path: Path) -> None:
    queue = tmp_path / "queue"
    os.mkfifo(queue)
    with os.fdopen(os.open(queue, os.O_RDWR | os.O_NONBLOCK), "rb", buffering=0) as reader:
        assert main(["example", "--force", "-o", str(queue)]) == 0
        assert Experiment.from_json(reader.read(65_536)) == default_experiment()
    assert queue.is_fifo()


def test_a_table_of_nothing_is_a_sentence() -> None:
    assert table(pd.DataFrame()) == "No network was trained, so there is no table."


@pytest.mark.parametrize("there", [False, True])
def test_what_only_reads_makes_no_home(there: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "wrong"
    if there:
        home.mkdir()
    assert main(["bench", "0123abcd", "--home", str(home)]) == 2
    assert "expected the home of a lab" in capsys.readouterr().err
    assert [*tmp_path.rglob("*")] == [home] * there


def test_a_run_that_is_unknown_ends_with_2(trained_once: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "0123abcd", "--home", str(trained_once)]) == 2
    assert "0123abcd" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "status"), [(["list", "methods"], 141), (["example"], 141), (["example", "--seeds", "0"], 2)]
)
def test_a_pipe_that_nobody_reads_has_a_status(
    words: list[str], status: int, process: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    with os.fdopen(unread(), "w") as pipe:
        assert process(*words, stdout=pipe) == status
    assert "BrokenPipe" not in capsys.readouterr().err


def test_a_pipe_that_nobody_reads_ends_quietly() -> None:
    """To the last word of the interpreter, on both streams."""
    pipe = unread()
    for streams in ({"stdout": pipe, "stderr": subprocess.PIPE}, {"stdout": subprocess.PIPE, "stderr": pipe}):
        words = ["list", "methods"] if streams["stdout"] == pipe else ["run", "none.json"]
        done = subprocess.run([sys.executable, "-m", "distill_core", *words], cwd=ROOT, check=False, **streams)
        assert not done.stdout
        assert not done.stderr
        assert done.returncode == (141 if streams["stdout"] == pipe else 2)
    os.close(pipe)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_is_said_in_words(process: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        assert process("list", "tasks", stdout=full) == 1
    assert "standard output: expected room for it" in capsys.readouterr().err


def test_what_a_code_page_has_not_is_printed_all_the_same(process: Callable[..., int]) -> None:
    printed = io.BytesIO()
    assert process("list", "tasks", stdout=io.TextIOWrapper(printed, encoding="ascii")) == 0
    assert b"fashion_mnist_small" in printed.getvalue()
    assert b"\\xd7" in printed.getvalue()


@pytest.fixture
def in_front() -> Iterator[None]:
    """What was started in the background of a shell ignores Ctrl-C, and so would its tests."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("quick", "in_front")
@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_closes_the_lab_and_has_its_status(
    sent: signal.Signals, status: int, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The signal comes when the lab waits for the job; what was finished is found in the home afterwards."""
    closed = []
    close = Lab.close

    def wait(lab: Lab, job_id: str, timeout_seconds: float) -> None:
        signal.raise_signal(sent)

    def closing(lab: Lab, timeout_seconds: float) -> None:
        close(lab, timeout_seconds)
        closed.append(lab.home)

    monkeypatch.setattr(Lab, "wait", wait)
    monkeypatch.setattr(Lab, "close", closing)
    assert main(["run", written(trained, experiment().to_json()), "--home", str(trained)]) == status
    assert closed == [trained]


class Job:
    """As much of a job as progress looks at."""

    def __init__(self, state: str, stage: str | None, fraction: float, time_left: str) -> None:
        self.state, self.fraction, self.time_left = state, fraction, time_left
        self.progress = stage and type("Progress", (), {"stage": stage})


def test_progress_in_a_file_is_a_few_lines(capsys: pytest.CaptureFixture[str]) -> None:
    told = [Job("running", "Training", step / 10_000, "about 1 min left") for step in range(10_000)]
    with progress() as tell:
        for job in [Job("queued", None, 0.0, ""), *told, Job("finished", "Training", 1.0, "")]:
            tell(share(job))  # type: ignore[arg-type]
    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == ["  0 % Waiting", "  0 % Training, about 1 min left"]
    assert lines[-1] == "100 % finished"
    assert len(lines) == 12


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    told = capsys.readouterr().out
    for command in ("run", "export", "report", "data", "voices"):
        assert f"\n    {command} " in told, command
