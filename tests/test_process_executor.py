"""A lab whose jobs work in a process beside it: the same results, the same controls, and a crash that ends one job."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from distill_core.deployment.latency import measure
from distill_core.deployment.server_measurement import quickly
from distill_core.errors import InvalidSetting
from distill_core.events import TrainPoint
from distill_core.files import sha256_of
from distill_core.lab import Lab
from distill_core.lab.executors import SETTING, ProcessExecutor, ThreadExecutor
from tests.quick import experiment, student

pytestmark = [pytest.mark.anywhere, pytest.mark.slow]
WAIT = 120
LONG = experiment(student(), updates=100_000)


@pytest.fixture(autouse=True, scope="module")
def _nothing_chosen() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv(SETTING)
        yield


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    opened = Lab.open(tmp_path_factory.mktemp("lab"), timer=quickly, executor="process")
    yield opened
    opened.close()


def until_it_trains(lab: Lab, job_id: str) -> None:
    while not any(isinstance(event, TrainPoint) for event in lab.job(job_id).events):
        assert lab.job(job_id).state in ("queued", "running"), lab.job(job_id).error
        lab.wait(job_id, 0.05)


def weights(lab: Lab, job_id: str) -> dict[str, str]:
    runs = lab.reports.results([job_id])["run_id"]
    files = {run: lab.home / "runs" / run / "weights.safetensors" for run in runs}
    return {run: sha256_of(file.read_bytes()) for run, file in files.items() if file.exists()}


def test_results_are_those_of_a_thread_to_the_last_bit(lab: Lab, tmp_path: Path) -> None:
    job_id = lab.submit(experiment())
    assert lab.wait(job_id, WAIT).state == "finished"
    beside = Lab.open(tmp_path, timer=quickly)
    try:
        same = beside.submit(experiment())
        assert beside.wait(same, WAIT).state == "finished"
        assert weights(lab, job_id) == weights(beside, same)
        assert len(weights(lab, job_id)) >= 3
        kinds = [{type(event) for event in one.job(job).events} for one, job in ((lab, job_id), (beside, same))]
        assert kinds[0] == kinds[1]
    finally:
        beside.close()


def test_it_pauses_goes_on_and_stops(lab: Lab) -> None:
    job_id = lab.submit(LONG)
    until_it_trains(lab, job_id)
    lab.pause(job_id)
    with lab._queue.hold(WAIT):  # a measurement begins once it waits
        assert lab.job(job_id).state == "paused"
    lab.resume(job_id)
    assert lab.job(job_id).state == "running"
    lab.stop(job_id)
    assert lab.wait(job_id, WAIT).state == "stopped"


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_crash_ends_its_job_in_words_and_the_next_one_works(lab: Lab) -> None:
    job_id = lab.submit(LONG)
    until_it_trains(lab, job_id)
    os.kill(lab._executor._process.pid, signal.SIGKILL)
    failed = lab.wait(job_id, WAIT)
    assert failed.state == "failed"
    assert "may have run out of memory; start again, finished runs are kept" in failed.error
    assert lab.wait(lab.submit(experiment(student(), updates=3)), WAIT).state == "finished"


PROGRAM = """
import sys
from pathlib import Path
from distill_core.lab import Lab
from tests.test_process_executor import LONG, until_it_trains
lab = Lab.open(Path(sys.argv[1]), executor="process")
until_it_trains(lab, lab.submit(LONG))
print(lab._executor._process.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_it_ends_with_the_lab_however_that_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    root = str(Path(__file__).resolve().parent.parent)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root, env={**os.environ, "PYTHONPATH": root}
    ) as lab:
        trainer = psutil.Process(int(lab.stdout.readline()))
        lab.kill()
    trainer.wait(WAIT)


def test_the_owner_chooses_where_jobs_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "process")
    lab = Lab.open(tmp_path, timer=measure)
    assert isinstance(lab._executor, ProcessExecutor)
    lab.close()
    monkeypatch.setenv(SETTING, "thread")
    lab = Lab.open(tmp_path, executor="process")
    assert isinstance(lab._executor, ThreadExecutor)
    lab.close()
    monkeypatch.setenv(SETTING, "gpu")
    with pytest.raises(InvalidSetting, match=f"{SETTING}: expected thread or process, got gpu"):
        Lab.open(tmp_path)
