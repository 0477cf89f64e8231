"""A fault campaign: a lab is killed, frozen, locked out and robbed while it trains. Is anything lost, wrong, or stuck?

Repeat it from the project's folder with its environment active:

    python benchmarks/faults.py [--faults 200] [--seed 1] [--updates 1500] [--json]

The lab is a process of its own with a process that trains, over a home in a temporary folder, and works through one
experiment after the other. The faults follow from the seed. After each one the lab is started again if it ended, and
has ``PATIENCE_SECONDS`` to train on. At the end an undisturbed lab trains the same experiments elsewhere, and every run
must have the same weights to the last bit. ``lost`` is the training that had to be repeated, at the pace before it.
Ends with 1 where a run was lost or wrong, or the lab hung. The clock that is set is the lab's own, not the machine's.
"""

import argparse
import json
import os
import queue
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.needs import ROOT, Report, count, reporting

PATIENCE_SECONDS, HELD_SECONDS = 120.0, 3.0
LAB = Path(__file__).resolve().parent / "disturbed_lab.py"


def main() -> int:
    settings = _arguments()
    with reporting(as_json=settings.json) as report, tempfile.TemporaryDirectory() as folder:
        disturbed, undisturbed = Path(folder) / "disturbed", Path(folder) / "undisturbed"
        campaign = Campaign(disturbed, random.Random(settings.seed), settings.updates)
        campaign.run(settings.faults)
        report.tell(f"trains {campaign.experiments} experiments undisturbed, to compare")
        reference = _undisturbed(undisturbed, campaign.experiments, settings.updates)
        return _tell(report, campaign, reference)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=count, default=200)
    parser.add_argument("--seed", type=count, default=1)
    parser.add_argument("--updates", type=count, default=1_500, help="of each experiment")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


@dataclass
class Campaign:
    home: Path
    random: random.Random
    updates: int
    process: "subprocess.Popen[str] | None" = None
    told: "queue.Queue[dict[str, Any]]" = field(default_factory=queue.Queue)
    experiments: int = 0
    runs: dict[str, str] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    lost_seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    done: int = 0
    pace: float = 0.0  # updates a second

    def run(self, faults: int) -> None:
        self.home.parent.joinpath("clock").write_text("0")
        kinds = list(FAULTS)
        for place in range(faults):
            name = kinds[place % len(kinds)] if place < len(kinds) else self.random.choice(kinds)
            self.listen(self.random.uniform(0.2, 2.5))
            number, done = self.experiments, self.done
            FAULTS[name](self)
            self.kinds[name] += 1
            if not self.listen(PATIENCE_SECONDS, until_training=True):
                self.wrong.append(f"{name}: the lab did not train on within {PATIENCE_SECONDS:g} s")
                self.end(signal.SIGKILL)
            elif number == self.experiments and self.pace:
                self.lost_seconds[name].append(max(0, done - self.done) / self.pace)
        self.listen(PATIENCE_SECONDS, until_number=self.experiments + 1)
        self.end(signal.SIGTERM)

    def listen(self, seconds: float, *, until_training: bool = False, until_number: int | None = None) -> bool:
        """Follow the lab, which is started where it has ended; whether what was awaited came."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            if self.process is None or self.process.poll() is not None:
                self.start()
            try:
                line = self.told.get(timeout=min(left, 0.2))
            except queue.Empty:
                continue
            self.note(line)
            if until_training and line["state"] == "running" and line["done"]:
                return True
            if until_number is not None and self.experiments >= until_number:
                return True
        return not until_training and until_number is None

    def note(self, line: dict[str, Any]) -> None:
        if line["state"] == "running":
            now = time.monotonic()
            if line["number"] == self.experiments and self.done and line["done"] > self.done:
                self.pace = (line["done"] - self.done) / (now - self._at)
            if line["done"] != self.done:
                self.done, self._at = line["done"], now
            return
        if line["state"] not in ("queued", "paused"):
            self.ends[line["state"]] += 1
        if line["state"] == "finished":
            for run, digest in line["runs"].items():
                if self.runs.setdefault(run, digest) != digest:
                    self.wrong.append(f"run {run} changed its weights")
            self.experiments, self.done = line["number"] + 1, 0

    _at: float = 0.0

    def start(self) -> None:
        command = [sys.executable, str(LAB), str(self.home), str(self.updates)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.told = queue.Queue()
        threading.Thread(target=_read, args=(self.process, self.told), daemon=True).start()

    def end(self, number: int) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE_SECONDS)

    def processes(self) -> list[Any]:
        """The lab and what it started."""
        import psutil

        if self.process is None or self.process.poll() is not None:
            return []
        lab = psutil.Process(self.process.pid)
        return [lab, *lab.children()]


def _read(process: "subprocess.Popen[str]", told: "queue.Queue[dict[str, Any]]") -> None:
    for line in process.stdout or ():
        with suppress(ValueError):
            told.put(json.loads(line))


def _kill_trainer(campaign: Campaign) -> None:
    for process in campaign.processes()[1:]:
        process.kill()


def _freeze(campaign: Campaign) -> None:
    """As a laptop that is closed and opened."""
    processes = campaign.processes()
    for process in processes:
        process.suspend()
    time.sleep(HELD_SECONDS)
    for process in processes:
        process.resume()


def _lock_database(campaign: Campaign) -> None:
    with _database(campaign) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        time.sleep(HELD_SECONDS)
        connection.rollback()


@contextmanager
def _database(campaign: Campaign) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(campaign.home / "lab.sqlite", timeout=60, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def _fill_disk(campaign: Campaign) -> None:
    """No file may grow: what is written fails as on a full disk."""
    import resource

    processes = [process for process in campaign.processes() if process.is_running()]
    before = {process.pid: resource.prlimit(process.pid, resource.RLIMIT_FSIZE) for process in processes}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    time.sleep(HELD_SECONDS)
    for pid, limits in before.items():
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def _a_file(campaign: Campaign) -> Path | None:
    files = sorted(path for path in campaign.home.glob("runs/*/*") if path.is_file())
    return campaign.random.choice(files) if files else None


def _tear(campaign: Campaign) -> None:
    if file := _a_file(campaign):
        os.truncate(file, file.stat().st_size // 2)


def _remove(campaign: Campaign) -> None:
    if file := _a_file(campaign):
        file.unlink()


def _set_clock(campaign: Campaign) -> None:
    campaign.home.parent.joinpath("clock").write_text(str(campaign.random.uniform(-400, 400)))


FAULTS: dict[str, Callable[[Campaign], None]] = {
    "the lab is killed": lambda campaign: campaign.end(signal.SIGKILL),
    "the process that trains is killed": _kill_trainer,
    "the lab is told to end": lambda campaign: campaign.end(signal.SIGTERM),
    "all is frozen": _freeze,
    "the database is locked": _lock_database,
    "the disk is full": _fill_disk,
    "a file is torn": _tear,
    "a file is removed": _remove,
    "the clock is set": _set_clock,
}


def _undisturbed(home: Path, experiments: int, updates: int) -> dict[str, str]:
    campaign = Campaign(home, random.Random(0), updates)
    campaign.home.parent.joinpath("clock").write_text("0")
    if not campaign.listen(PATIENCE_SECONDS * max(1, experiments), until_number=experiments):
        campaign.wrong.append("the undisturbed lab did not come to its end")
    campaign.end(signal.SIGTERM)
    return campaign.runs


def _tell(report: Report, campaign: Campaign, reference: dict[str, str]) -> int:
    wrong = [*campaign.wrong]
    wrong += [
        f"run {run} differs from the undisturbed one" for run, it in reference.items() if campaign.runs.get(run) != it
    ]
    rows = []
    for name, times in campaign.kinds.items():
        lost = campaign.lost_seconds[name]
        rows.append({"fault": name, "times": times, "lost_seconds": max(lost, default=0.0)})
        report.tell(f"{name:<36}{times:>5} times, at most {max(lost, default=0.0):5.1f} s of training lost")
    report.figures |= {"rows": rows, "experiments": campaign.experiments, "runs": len(reference), "wrong": wrong}
    report.figures["ends"] = dict(campaign.ends)
    report.tell(f"{campaign.experiments} experiments finished, {len(reference)} runs equal to the last bit but for: ")
    report.tell("\n".join(wrong) or "none")
    report.tell(f"how jobs ended on the way: {dict(campaign.ends)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
