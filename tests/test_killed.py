"""A process that trains is killed: what it had finished is there, and the job can be started again."""

import subprocess
import sys
from pathlib import Path

from distill_core.events import TrainPoint
from distill_core.lab import Lab
from tests.quick import QUICK_TIMER

ROOT = Path(__file__).resolve().parent.parent
WAIT = 120
TRAIN = """
import sys
from pathlib import Path
from distill_core.events import TrainPoint
from distill_core.lab import Lab
from tests.quick import experiment

lab = Lab.open(Path(sys.argv[1]))
job = lab.submit(experiment(updates=10_000))
while not any(isinstance(event, TrainPoint) and event.run.startswith("KD") for event in lab.job(job).events):
    lab.wait(job, 0.05)
print(job, flush=True)
lab.wait(job, 600)
"""


def test_a_killed_training_is_interrupted_and_can_be_started_again(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", TRAIN, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        job = process.stdout.readline().strip()
        process.kill()
    lab = Lab.open(tmp_path, timer=QUICK_TIMER)
    try:
        assert lab.job(job).state == "interrupted"
        assert lab.reports.results([job])["role"].tolist() == ["teacher"]
        again = lab.restart(job)
        assert again != job
        while not any(isinstance(event, TrainPoint) for event in lab.job(again).events):
            assert lab.wait(again, 0.05).state in ("queued", "running")
        assert lab.reports.results([again])["run_id"].tolist() == lab.reports.results([job])["run_id"].tolist()
        lab.stop(again)
        assert lab.wait(again, WAIT).state == "stopped"
    finally:
        lab.close()
