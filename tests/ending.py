"""Processes that end at a moment of a job: this script reads cases (moment, way, ending, home) as JSON, does each in a
fork of its own, and prints their statuses."""

import faulthandler
import functools
import gc
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import ui.jobs.experiment
import ui.screens.home.joblist  # noqa: F401
from distill_core.events import Event, EventLog, Progress, RunFinished, TrainPoint, ValidPoint
from distill_core.execution import scoring
from distill_core.jobs import process_exit, torch_import
from distill_core.jobs.process_exit import exit_process
from distill_core.lab import Lab, robustness
from distill_core.spec import Experiment
from distill_core.store import OPEN_STATES
from tests.quick import QUICK_TIMER, experiment
from ui.browser import scripts

# Not what a home holds already.
ASKED, ANOTHER = experiment(updates=12), experiment(updates=11)
MOMENTS: dict[str, Callable[[Event], bool]] = {
    "queued": lambda event: isinstance(event, Progress),  # of the job before it
    "teacher trained": lambda event: isinstance(event, TrainPoint) and event.run.startswith("teacher"),
    "first update": lambda event: isinstance(event, TrainPoint) and event.run.startswith("KD"),
    "mid-training": lambda event: isinstance(event, TrainPoint) and event.run.startswith("KD") and event.update > 5,
    "validation": lambda event: isinstance(event, ValidPoint) and event.run.startswith("KD"),
    "last event": lambda event: isinstance(event, RunFinished) and event.run.startswith("KD, all"),
}
LONGEST_SECONDS = 120.0
AT_ONCE = 2  # they wait much of the time
# The same moment, and then the worker never comes out.
MOMENTS |= {"stuck": MOMENTS["mid-training"], "twice": MOMENTS["mid-training"]}


def _wait_inside_of_torch() -> None:
    """For ever, in what autograd calls: a thread that is there when the interpreter ends aborts the process."""
    import torch

    def works(_gradient: torch.Tensor) -> None:
        while True:  # it looks for the interpreter again and again, as what is under way does
            threading.Event().wait(0.01)

    weight = torch.ones(1, requires_grad=True)
    weight.register_hook(works)
    weight.sum().backward()


class Ending:
    """What a case does: at its moment it sends the signal, or lets the main thread go on."""

    def __init__(self, moment: str, way: str, ending: str, home: Path) -> None:
        self.moment, self.way, self.ending, self.home = moment, way, ending, home
        self.reached = threading.Event()
        self.filed = threading.Event()  # all that is to be queued is
        self._told = threading.Event()

    def now(self) -> None:
        """The moment is here. Returns once the end of the job, where there is one, is stored."""
        if self.reached.is_set():
            return
        if self.moment == "queued":
            self.filed.wait()
        print("the moment", flush=True)
        self.reached.set()
        self._send(self.ending)
        if self.moment in ("idle", "measuring", "trying"):  # no job is open
            return
        self._told.wait()
        if self.moment == "twice":
            self._send("SIGINT")
        if self.moment in ("stuck", "twice"):
            _wait_inside_of_torch()

    def arm(self) -> None:
        """Look out for the moment."""
        happens = MOMENTS.get(self.moment, lambda event: False)
        tell, note, idle = EventLog.__call__, Lab._note_state, Lab._idle

        def told(log: EventLog, event: Event) -> None:
            tell(log, event)
            if happens(event):
                self.now()

        def noted(lab: Lab, job_id: str, state: str, error: str | None) -> None:
            note(lab, job_id, state, error)
            if state not in OPEN_STATES:
                self._told.set()

        def idled(lab: Lab, checkpoint: Any) -> None:
            if self.moment == "idle" and self._told.is_set():
                self.now()
            idle(lab, checkpoint)

        EventLog.__call__, Lab._note_state, Lab._idle = told, noted, idled  # type: ignore[method-assign]
        for name, module, place in (
            ("loading", torch_import, "_load"),
            ("export", scoring, "export_onnx"),
            ("trying", robustness, "evaluate_condition"),
        ):
            if self.moment == name:
                setattr(module, place, self._before(getattr(module, place)))
        if self.moment == "stuck":
            process_exit.CLOSING_SECONDS = process_exit.LEAVING_SECONDS = 0.2  # however long, in vain
        timer = self._before(QUICK_TIMER) if self.moment in ("latency", "measuring") else QUICK_TIMER
        Lab.open = functools.partial(Lab.open, timer=timer)  # type: ignore[method-assign]

    def begin(self, lab: Lab) -> None:
        """Start what is to be ended."""
        if self.moment == "measuring":
            lab.devices.measure_server(lab.reports.results()["run_id"].tolist())
        elif self.moment == "trying":
            lab.robustness.test(lab.reports.results()["run_id"].tolist(), images=100)
        else:
            lab.submit(ASKED)
        if self.moment == "queued":
            lab.submit(ANOTHER)
        self.filed.set()

    def _send(self, name: str) -> None:
        if name.startswith("SIG"):
            os.kill(os.getpid(), getattr(signal, name))

    def _before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def noticed(*given: Any, **named: Any) -> Any:
            self.now()
            return call(*given, **named)

        return noticed


def program(case: Ending) -> None:
    """Also one that does not close its lab."""
    lab = Lab.open(case.home)
    case.begin(lab)
    assert case.reached.wait(60)
    if case.ending.startswith("SIG"):
        threading.Event().wait()  # for the signal
    if case.ending == "close":
        lab.close()
    sys.exit(3)


def shell(case: Ending) -> NoReturn:
    from distill_core.__main__ import program

    submit = Lab.submit

    def submitted(lab: Lab, asked: Experiment) -> str:
        if case.moment == "queued":
            submit(lab, ANOTHER)
        filed = submit(lab, asked)
        case.filed.set()
        return filed

    Lab.submit = submitted  # type: ignore[method-assign]
    specification = case.home / "asked.json"
    specification.write_text(ASKED.to_json(), encoding="utf-8")
    sys.argv = ["distill_core", "run", str(specification), "--home", str(case.home)]
    exit_process(program())


def server(case: Ending) -> None:
    from streamlit.web.cli import main

    opened = Lab.open

    def begun(**asked: Any) -> Lab:
        lab = opened(**asked)
        case.begin(lab)
        if case.moment == "idle":
            lab.warm_up()
        return lab

    Lab.open = begun  # type: ignore[method-assign, assignment]
    os.environ["DISTILL_HOME"] = str(case.home)
    sys.argv = ["streamlit", "run", "app.py", "--server.port", "0", "--server.headless", "true"]
    main()


def forked(cases: Sequence[Sequence[str]]) -> Ending | list[int]:
    """In each fork its case; in this process, once all have ended, the status of each."""
    waiting, running, statuses = list(enumerate(cases)), dict[int, int](), [0] * len(cases)
    while waiting or running:
        if waiting and len(running) < AT_ONCE:
            number, (moment, way, ending, home) = waiting.pop(0)
            child = os.fork()
            if child == 0:
                return Ending(moment, way, ending, Path(home))
            running[child] = number
        else:
            child, status = os.wait()
            statuses[running.pop(child)] = os.waitstatus_to_exitcode(status)
    return statuses


def main() -> None:
    cases = json.loads(sys.stdin.read())
    # What was started in the background of a shell ignores Ctrl-C, and so would its cases.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup ignores it
    # As much as all of them load, but no thread: those do not come along in a fork.
    torch_import._load()
    torch_import._state["loaded"] = False
    scripts.digest()  # bundled once
    gc.freeze()  # else each fork copies and searches all of it when it ends
    process_exit.LEAVING_SECONDS = 1.0
    case = forked(cases)
    if isinstance(case, list):
        print(json.dumps(case))
        return
    for place, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(case.home / name, os.O_WRONLY | os.O_CREAT), place)
    # One that hangs tells where, and holds up no other.
    faulthandler.dump_traceback_later(LONGEST_SECONDS, exit=True)
    case.arm()
    {"program": program, "shell": shell, "server": server}[case.way](case)


if __name__ == "__main__":
    main()
