"""The lab that ``benchmarks/faults.py`` disturbs: disturbed_lab.py HOME UPDATES.

It trains experiment after experiment, tells of it in lines of JSON, and tries again what failed.
"""

import argparse
import hashlib
import json
import sys
import threading
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def _experiment(number: int, updates: int) -> Any:
    from distill_core.spec import Budget, Experiment, TrainedTeacher

    student = {"architecture": "plain_cnn", "width": 0.5, "labels": 100, "seeds": (number,)}
    return Experiment.model_validate(
        {
            "task": "digits",
            "teacher": TrainedTeacher(architecture="plain_cnn", budget=Budget(updates=60, batch_size=32)).model_dump(),
            "students": [{"name": "KD", **student}, {"name": "KD, all", "transfer": "all", **student}],
            "budget": {"updates": updates, "batch_size": 16},
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("updates", type=int)
    settings = parser.parse_args()
    _work(settings.home, settings.updates)


def _work(home: Path, updates: int) -> None:
    """Train experiment after experiment, and tell of it in lines of JSON, until the input ends."""
    from distill_core import clock
    from distill_core.deployment.server_measurement import quickly
    from distill_core.errors import DistillError
    from distill_core.lab import Lab

    real, offset = clock.now, home.parent / "clock"
    clock.now = lambda: real() + timedelta(days=float(offset.read_text() if offset.exists() else 0))  # type: ignore[assignment]
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    lab = Lab.open(home, timer=quickly, executor="process")
    number = 0
    while not ended.is_set():
        try:
            job = lab.wait(lab.submit(_experiment(number, updates)), 0.0)
            while job.state in ("queued", "running", "paused") and not ended.is_set():
                _say(number=number, state=str(job.state), done=_done(job.events))
                job = lab.wait(job.id, 0.1)
        except DistillError as error:
            _say(number=number, state="refused", error=str(error))
            ended.wait(0.3)
            continue
        _say(number=number, state=str(job.state), error=job.error, runs=_hashes(home, lab, job.id))
        number += job.state == "finished"
    lab.close()


def _say(**values: object) -> None:
    print(json.dumps(values), flush=True)


def _done(events: Any) -> int:
    from distill_core.events import Progress

    return max((event.done for event in events if isinstance(event, Progress) and event.stage == "Training"), default=0)


def _hashes(home: Path, lab: Any, job_id: str) -> dict[str, str]:
    """The hash of the weights of each finished run of a job."""
    from distill_core.errors import DistillError

    with suppress(DistillError):
        rows = lab.reports.results([job_id])
        files = {run: home / "runs" / run / "weights.safetensors" for run in rows.get("run_id", ())}
        return {run: hashlib.sha256(file.read_bytes()).hexdigest() for run, file in files.items() if file.exists()}
    return {}


if __name__ == "__main__":
    main()
