"""A process is killed in the middle of a training: the next one goes on where it was, to the last bit."""

import subprocess
import sys
from pathlib import Path

import pytest

from distill_core.events import ValidPoint
from distill_core.files import sha256_of
from distill_core.lab import Lab
from distill_core.store import Store
from distill_core.training import resuming
from tests.quick import QUICK_TIMER, experiment

pytestmark = pytest.mark.anywhere

ROOT = Path(__file__).resolve().parent.parent
WAIT = 120
UPDATES = 24
# Every round is kept, and after some of them the process stands still, to be killed there.
TRAIN = f"""
import sys, threading
from pathlib import Path
from distill_core.execution.half_trained import Kept
from distill_core.lab import Lab
from distill_core.training import resuming
from tests.quick import experiment

resuming.SHORTEST_SECONDS = resuming.LONGEST_SECONDS = 0.0
write, calls = Kept.write, iter(range(100))

def kept(self, names, data):
    write(self, names, data)
    if len(names) > 1 and next(calls) == 3:
        print(self.job_id, flush=True)
        threading.Event().wait()

Kept.write = kept
lab = Lab.open(Path(sys.argv[1]))
lab.wait(lab.submit(experiment(updates={UPDATES})), 600)
"""


def kill_in_training(home: Path) -> str:
    """The id of the job that a killed process leaves behind."""
    with subprocess.Popen(
        [sys.executable, "-c", TRAIN, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        job = process.stdout.readline().strip()
        process.kill()
    return job


def made(home: Path, lab: Lab, job: str) -> dict[str, tuple[str, ...]]:
    """The weights of each run, and its curves."""
    store = Store.open(home)
    try:
        return {
            row.student: (sha256_of(store.read_artifact(row.run_id, "weights")), str(store.curves(row.run_id)))
            for row in lab.reports.results([job]).itertuples()
        }
    finally:
        store.close()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, ...]]:
    home = tmp_path_factory.mktemp("undisturbed")
    lab = Lab.open(home, timer=QUICK_TIMER)
    try:
        job = lab.submit(experiment(updates=UPDATES))
        assert lab.wait(job, WAIT).state == "finished"
        assert [*(home / "half_trained").glob("*")] == []  # it took no time
        return made(home, lab, job)
    finally:
        lab.close()


def test_a_killed_training_goes_on_where_it_was(tmp_path: Path, undisturbed, monkeypatch: pytest.MonkeyPatch) -> None:
    job = kill_in_training(tmp_path)
    assert len([*(tmp_path / "half_trained").glob("*.state")]) == 1
    went_on: list[int] = []
    resume = resuming.Resuming.resume
    monkeypatch.setattr(resuming.Resuming, "resume", lambda self: went_on.append(resume(self)) or went_on[-1])
    lab = Lab.open(tmp_path, timer=QUICK_TIMER)
    try:
        assert lab.job(job).state == "interrupted"
        assert lab.reports.goes_on(job)
        lab._own_jobs.beat()
        assert lab.job(job).state == "interrupted"  # a command of the shell would end with its own work
        lab.warm_up()
        lab._own_jobs.beat()
        view = lab.wait(job, WAIT)
        assert view.state == "finished"
        assert 0 < went_on[-1] < UPDATES
        assert made(tmp_path, lab, job) == undisturbed
        scores = [event.update for event in view.events if isinstance(event, ValidPoint) and event.run == "KD/0"]
        assert scores == [*range(3, UPDATES + 1, 3)]
        assert [*(tmp_path / "half_trained").glob("*")] == []
        assert not lab.reports.goes_on(job)
    finally:
        lab.close()
