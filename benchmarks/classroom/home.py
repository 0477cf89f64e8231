"""Homes of thousands of runs for ``benchmarks/many_runs.py``: made through the store's own functions, untrained."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

__all__ = ["make"]

# Files of runs that pages look into, and of teachers, which stand beside later students too, hold as many answers as
# the task has images; those of older students fewer.
LOOKED_INTO = 400
IMAGES, OLD_IMAGES = 2_000, 50
BROWSERS, TOLD = 60, 100


def make(lab: Any, runs: int) -> int:
    """Fill the lab's store until it has so many finished runs; how many it has then."""
    store, flush = lab._store, os.fsync
    os.fsync = lambda descriptor: None  # nobody needs this home after a power cut
    try:
        there = len(store.runs()) if store.jobs(limit=1) else 0
        for number, experiment in enumerate(_experiments()):
            if there >= runs:
                break
            there += _file(store, experiment, number, full=runs - there <= LOOKED_INTO)
        if not store.devices():
            _measure(store)
    finally:
        os.fsync = flush
    return there


def _experiments() -> Iterator[Any]:
    """One experiment after the other, none like another: each second one is a comparison."""
    from distill_core.spec import Budget, StoredTeacher, TrainedTeacher
    from distill_core.templates.grid import GridSpec, grid_experiment
    from distill_core.templates.method_comparison import MethodComparison, comparison_experiment
    from distill_core.templates.presets import default_experiment

    number = 0
    while True:
        number += 1
        budget = Budget(updates=240 + number, batch_size=125)
        comparison = default_experiment(3).model_copy(update={"budget": budget})
        own = TrainedTeacher(architecture="resnet14", budget=Budget(updates=1_000 + number, batch_size=125))
        kind = number % 20
        if kind == 10:
            yield grid_experiment(GridSpec(budget=budget))
        elif kind == 12:
            yield comparison_experiment(MethodComparison(methods=("dkd", "rkd", "fitnet", "vid"), budget=budget))
        elif kind in (14, 4):
            yield comparison.model_copy(update={"teacher": own})
        elif kind == 16:
            yield comparison.model_copy(update={"teacher": StoredTeacher(run=TAUGHT)})
        elif kind == 18:
            yield comparison.model_copy(update={"task": "digits", "teacher": own})
        else:
            yield comparison


TAUGHT = "0" * 16  # stands for a run that is there by then


def _file(store: Any, experiment: Any, number: int, *, full: bool) -> int:
    """A finished job with its runs; how many of them are new."""
    from distill_core import clock
    from distill_core.planning.job_plan import resolve
    from distill_core.planning.stored_runs import find_stored_runs
    from distill_core.reports.description import title
    from distill_core.spec import StoredTeacher
    from distill_core.store import JobRecord, JobState, RunLink
    from distill_core.tasks import TASKS

    if isinstance(experiment.teacher, StoredTeacher):
        newest = store.runs([store.jobs(limit=1)[0].id])[-1].run.id
        experiment = experiment.model_copy(update={"teacher": StoredTeacher(run=newest)})
    plan = resolve(experiment, store, TASKS)
    found = find_stored_runs(plan, store)
    now = clock.now() - timedelta(days=30) + timedelta(minutes=number)
    teacher = found.teachers.get(plan.teacher.fingerprint)
    new = [] if teacher else [_teacher_run(plan)]
    by_key = {
        one.key: run or _run(one, plan.experiment) for one, run in ((one, found.students[one.key]) for one in plan.runs)
    }
    new += [by_key[one.key] for one in found.missing]
    for run in new:
        images = IMAGES if full or run.role == "teacher" else OLD_IMAGES
        store.save_run(run, curves=_curves(run), files=_files(run, images))
    taught = RunLink(run_id=(teacher or new[0]).id, position=0, student=plan.teacher.title, role="teacher")
    record = JobRecord(
        id=uuid.uuid4().hex[:16],
        fingerprint=plan.fingerprint,
        title=title(plan.experiment),
        specification=plan.experiment.to_json(),
        state=JobState.FINISHED,
        error=None,
        owner=store.lab_id,
        expected_seconds=30.0,
        submitted_at=now,
        started_at=now,
        finished_at=now,
    )
    store.add_job(record, [taught, *(plan.link(one, by_key[one.key]) for one in plan.runs)])
    if full or number % 20 == 0:
        store.keep_robustness_scores([trial for run in by_key.values() for trial in _trials(run)])
    return len(new)


def _run(one: Any, experiment: Any) -> Any:
    from distill_core.execution.records import failed_run

    made = failed_run(one, "", experiment, updates=experiment.budget.updates, seconds=9.0)
    return _finished(made)


def _teacher_run(plan: Any) -> Any:
    """The record of a teacher as ``obtain`` files it, made like that of a student."""
    first = _run(plan.runs[0], plan.experiment)
    mark = plan.teacher.fingerprint
    changed = {"id": mark[:16], "fingerprint": mark, "role": "teacher", "student": plan.teacher.title, "macs": None}
    return replace(first, **changed, architecture=plan.teacher.blueprint.architecture, labels=None)


def _finished(run: Any) -> Any:
    return replace(run, state="finished", message=None, scores=_scores(run), macs=2_600_000)


def _scores(run: Any) -> dict[str, Any]:
    import numpy as np

    draws = np.random.default_rng(int(run.id, 16))
    accuracy = float(draws.uniform(0.7, 0.95))
    recalls = draws.uniform(0.6, 1.0, 10)
    return {
        **dict.fromkeys(("test_accuracy", "valid_accuracy", "macro_precision", "macro_recall", "macro_f1"), accuracy),
        **{"ece": 0.05, "nll_nats": 0.6, "agreement": 0.9, "test_images": IMAGES, "onnx_largest_difference": 1e-6},
        **{"parameters": 19_000, "macs": 2_600_000, "size_bytes": 80_000, "onnx_bytes": 82_000, "zipped_bytes": 70_000},
        "per_class_recall": [float(one) for one in recalls],
        "confusion": draws.integers(0, 200, (10, 10)).tolist(),
        "graph": _graph(run),
    }


def _graph(run: Any) -> str:
    from distill_core.spec import fingerprint

    # What was pruned has a graph of its own.
    own = run.id if int(run.id, 16) % 5 == 0 else ""
    return fingerprint("graph", run.task, run.architecture, run.width, run.stem_stride, own)


def _curves(run: Any) -> list[dict[str, Any]]:
    points = range(10, run.updates + 1, 10)
    return [
        {"update": update, "kind": kind, "value": 1.0 / update}
        for update in points
        for kind in ("loss", "hard", "soft", "insight: pull of hard", "valid_accuracy")
    ]


def _files(run: Any, images: int) -> dict[str, bytes]:
    import numpy as np
    from safetensors.numpy import save

    draws = np.random.default_rng(int(run.id, 16))
    answers = {
        "valid_logits_NC": draws.normal(size=(images // 2, 10)).astype(np.float32),
        "test_logits_NC": draws.normal(size=(images, 10)).astype(np.float32),
        "test_labels_N": np.arange(images, dtype=np.int64) % 10,
    }
    return {"weights": b"weights", "onnx": b"a graph", "predictions": save(answers)}


def _trials(run: Any) -> list[Any]:
    from distill_core import clock
    from distill_core.robustness.evaluate import conditions, version_of
    from distill_core.store import RobustnessScore
    from distill_core.tasks import TASKS

    return [
        RobustnessScore(
            run_id=run.id,
            disturbance=cell.perturbation,
            strength=cell.strength,
            images=cell.images,
            version=version_of(cell.perturbation),
            **{"accuracy": 0.8, "ece": 0.1, "nll_nats": 0.7, "confidence": 0.8},
            created_at=clock.now(),
        )
        for cell in conditions(TASKS.get("fashion_mnist_small"), 500)
    ]


def _measure(store: Any) -> None:
    """Measurements of every graph here, and of a hundred in each of sixty browsers."""
    from distill_core import clock
    from distill_core.machine import device_name, environment
    from distill_core.store import Device, Measurement

    by_graph = {linked.run.scores["graph"]: linked.run for linked in store.runs()}
    times = {f"p{part}_ms": 1.0 for part in (50, 90, 95, 99)}

    def one(run: Any, **changes: Any) -> Measurement:
        values = {
            "run_id": run.id,
            "graph": run.scores["graph"],
            "device": device_name(),
            "threads": 1,
            "batch_size": 1,
        }
        values |= {"provider": "CPUExecutionProvider", "first_ms": 3.0, "warmup_runs": 20, "runs": 200, **times}
        values |= {"environment": environment(), "created_at": clock.now(), "mean_ms": 1.0, "size_bytes": 82_000}
        return Measurement(**{**values, "histogram": {"edges_ms": [0.1] * 31, "counts": [1] * 30}, **changes})

    pairs = [(batch_size, threads) for batch_size in (1, 32) for threads in (1, 2)]
    here = [one(run, batch_size=size, threads=threads) for run in by_graph.values() for size, threads in pairs]
    store.add_measurements(here)
    newest = ([*by_graph.values()] * (1 + TOLD // len(by_graph)))[-TOLD:]
    for number in range(BROWSERS):
        device = Device(id=f"{number:032x}", label=f"Phone {number}", described="a browser", seen_at=clock.now())
        changes = {"place": "browser", "device_id": device.id, "device": "a browser", "provider": "wasm"}
        told = [one(run, **changes, uid=uuid.uuid4().hex) for run in newest]
        store.keep_measurement(told[0], device)
        store.add_measurements(told[1:])
