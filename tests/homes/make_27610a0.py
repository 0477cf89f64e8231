"""Writes the home that ``lab_27610a0.zip`` holds. It runs on the code of commit 27610a0, beside this one:

git worktree add --detach /tmp/before 27610a0
PYTHONPATH=/tmp/before .venv/bin/python tests/homes/make_27610a0.py tests/homes/lab_27610a0.zip
"""

import functools
import shutil
import sqlite3
import sys
import tempfile
import zipfile
from pathlib import Path

from distill_core.architectures import Blueprint
from distill_core.export.latency import measure
from distill_core.lab import Lab
from distill_core.pipeline.chain import Chain, Cut, chain_experiment
from distill_core.spec import Budget, EnsembleTeacher, Experiment, StoredTeacher, Student, TrainedTeacher

NETWORK = {"architecture": "plain_cnn", "width": 0.5}
TEACHER = TrainedTeacher(budget=Budget(updates=60, batch_size=32), **NETWORK)
# In float32, which every machine has.
SHARED = {"task": "digits", "views": 2, "precision": "float32", "budget": Budget(updates=40, batch_size=32)}
KD = Student(name="KD", labels=100, **NETWORK)


def compared() -> Experiment:
    simkd = KD.model_copy(update={"name": "SimKD", "method": "simkd"})
    return Experiment(teacher=TEACHER, students=(KD, simkd), **SHARED)


def compressed() -> Experiment:
    links = (Cut(step="prune", parameters={"keep": 0.4, "multiple": 1.0}), Cut(step="int8", after=0))
    chain = Chain(task="digits", teacher=TEACHER, links=links, controls=False, budget=SHARED["budget"])
    form = Blueprint(classes=10, channels=1, size_px=8, **NETWORK)
    return chain_experiment(chain, form).model_copy(update={"views": 2, "precision": "float32"})


def ensemble(run_id: str) -> Experiment:
    members = (TEACHER, StoredTeacher(run=run_id))
    return Experiment(teacher=EnsembleTeacher(members=members), students=(KD,), **SHARED)


def finish(lab: Lab, experiment: Experiment) -> dict[str, str]:
    """The runs by the names of their students."""
    job = lab.wait(lab.submit(experiment), timeout_seconds=300)
    assert (job.state, job.error) == ("finished", None)
    table = lab.results([job.id])
    return dict(zip(table["student"], table["run_id"], strict=True))


def write(home: Path) -> None:
    lab = Lab.open(home, timer=functools.partial(measure, warmup_runs=1, warmup_seconds=0.0, runs=5, seconds=0.0))
    runs = finish(lab, compared())
    finish(lab, compressed())
    taught = finish(lab, ensemble(runs["KD"]))
    lab.test_robustness([runs["KD"]], images=60, corruptions=("fog",), attacks=("fgsm",), eps=(2,))
    assert lab._trying.wait(300).error is None
    lab.measure_server([runs["KD"]], batch_sizes=(1,))
    assert lab._errand.wait(300).error is None
    lab.close()
    # For the sake of size the runs of an ensemble are rows alone.
    for run_id in set(taught.values()) - set(runs.values()):
        shutil.rmtree(home / "runs" / run_id)


def pack(home: Path, target: Path) -> None:
    """One file, without a write-ahead log."""
    with sqlite3.connect(home / "lab.sqlite") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("PRAGMA journal_mode=DELETE")
        database.execute("VACUUM")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(home.rglob("*")):
            if path.is_file():
                packed.write(path, path.relative_to(home))


if __name__ == "__main__":
    folder = Path(tempfile.mkdtemp())
    write(folder)
    pack(folder, Path(sys.argv[1]))
    shutil.rmtree(folder)
