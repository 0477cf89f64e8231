"""The default chain of compression: how long it takes, and what its last file is worth beside the teacher's.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/chain.py [--seeds 1] [--controls] [--json]

The chain runs in an empty home, from the moment it is submitted; with ``--controls`` the same network from random
weights trains after it. The teacher's float32 file and the chain's int8 file then answer the official 10,000 test
images, through onnxruntime, and both are timed in turns, one image on one thread. Ends with 1 where a figure is not
reached: five minutes; 10 times fewer bytes, a median 4 times lower, and at most 3 points lost on the test images that
ship. The official images are told and do not count; they are looked for first, and fetched where there is a network;
without them their line is left out.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.needs import ROOT, Report, count, official_test_set, reporting, shown
from distill_core.deployment.latency import measure_round
from distill_core.deployment.runtime import run_onnx
from distill_core.events import RunFinished
from distill_core.execution.pace_measurement import measure_pace
from distill_core.jobs.torch_import import import_torch
from distill_core.lab import Lab
from distill_core.tasks import TASKS, load_task, null_sink
from distill_core.tasks.images import InMemoryImages
from distill_core.templates.compression_chain import chain_stages, default_chain

LONGEST_SECONDS, FEWER_BYTES, LOWER_P50, POINTS_LOST = 300.0, 10.0, 4.0, 3.0
ROUNDS = 3
BATCH = 250


SHIPPED, OFFICIAL = "fashion_mnist_small", "fashion_mnist"


def main() -> int:
    settings = _arguments()
    with reporting(as_json=settings.json) as report, tempfile.TemporaryDirectory() as home:
        report.figures["reached"] = {}
        official = report.can("accuracy on the official test images", official_test_set())
        lab = Lab.open(Path(home))
        try:
            _measure(lab, report, settings, [SHIPPED, OFFICIAL] if official else [SHIPPED])
        finally:
            lab.close()
        return 0 if all(report.figures["reached"].values()) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=count, default=1)
    parser.add_argument("--controls", action="store_true", help="train the same network from random weights too")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _measure(lab: Lab, report: Report, settings: argparse.Namespace, tasks: list[str]) -> None:
    chain = default_chain().model_copy(update={"seeds": settings.seeds, "controls": settings.controls})
    experiment = lab.catalog.chain_experiment(chain)
    stages = chain_stages(experiment)
    import_torch()
    measure_pace()  # as the warm-up of a server does
    expected = report.figures["expected_seconds"] = lab.plan(experiment).expected_seconds
    began = time.perf_counter()
    job_id = lab.submit(experiment)
    seconds = _until(lab, job_id, [f"{stages[-1]}/{seed}" for seed in range(settings.seeds)], began)
    report.figures["chain_seconds"] = seconds
    told = "the chain was not finished" if seconds is None else f"chain {seconds:.0f} s"
    _judge(report, "seconds", seconds is not None and seconds < LONGEST_SECONDS, told)
    job = lab.wait(job_id, 3_600)
    report.figures["job_seconds"] = time.perf_counter() - began
    took = f"whole job {report.figures['job_seconds']:.0f} s (expected {expected:.0f} s)"
    report.tell(f"{took}, {job.state} {job.error or ''}")
    rows = report.figures["rows"] = json.loads(lab.reports.summary(job_id).to_json(orient="records"))
    for row in rows:
        report.tell(_row(row))
    if seconds is not None:
        _compare(lab, report, rows, stages[-1], tasks)


def _judge(report: Report, what: str, reached: bool, told: str) -> None:
    report.figures["reached"][what] = reached
    report.tell(f"{what:<10}{told:<70}{'reached' if reached else 'not reached'}")


def _until(lab: Lab, job_id: str, runs: list[str], began: float) -> float | None:
    """Seconds until all of these runs are finished and stored; None where the job ends without them."""
    while True:
        job = lab.wait(job_id, 0.2)
        finished = {event.run for event in job.events if isinstance(event, RunFinished)}
        if finished.issuperset(runs):
            return time.perf_counter() - began
        if job.state not in ("queued", "running"):
            return None


def _compare(lab: Lab, report: Report, rows: list[dict[str, Any]], last: str, tasks: list[str]) -> None:
    """The files of teacher and last stage: bytes, latency in turns, and accuracy on the test images of each task."""
    kept = [
        lab.reports.artifact(row["run_ids"][0], "onnx").read_bytes()
        for row in rows
        if row["role"] == "teacher" or row["student"] == last
    ]
    fewer = len(kept[0]) / len(kept[1])
    report.figures["onnx_bytes"] = [len(data) for data in kept]
    _judge(report, "bytes", fewer >= FEWER_BYTES, f"{fewer:.1f} times fewer bytes")
    teacher_ms, last_ms = report.figures["p50_ms"] = _p50_ms(kept)
    lower = teacher_ms / last_ms
    _judge(report, "p50", lower >= LOWER_P50, f"{lower:.1f} times lower p50 ({teacher_ms:.3f} to {last_ms:.3f} ms)")
    for task in tasks:
        before, after = report.figures[task] = [_accuracy(data, task) for data in kept]
        lost = 100 * (before - after)
        images = f"{TASKS.get(task).counts.test:,} test images"
        told = f"{before:.2%} to {after:.2%} of {images}: {lost:.2f} points lost"
        if task == SHIPPED:
            _judge(report, "points", lost <= POINTS_LOST, told)
        else:
            report.tell(f"{'official':<10}{told}")


def _p50_ms(files: list[bytes]) -> list[float]:
    """The median of each file over the rounds, in which they take turns."""
    rounds = [[measure_round([data])[0].timing.p50_ms for data in files] for _ in range(ROUNDS)]
    return [median(column) for column in zip(*rounds, strict=True)]


def _accuracy(data: bytes, task: str) -> float:
    test = load_task(TASKS.get(task), ROOT / "distill_home", null_sink).test
    dataset = InMemoryImages(TASKS.get(task), test)
    places = np.array_split(np.arange(len(test)), len(test) // BATCH)
    right = sum(
        int((run_onnx(data, dataset.unaugmented(part).contiguous().numpy()).argmax(1) == test.labels_N[part]).sum())
        for part in places
    )
    return right / len(test)


def _row(row: dict[str, Any]) -> str:
    half = row["test_accuracy_half_width"]
    accuracy = shown(row["test_accuracy"], ".2%") + (f" ± {100 * half:.2f}" if half else "")
    parameters, macs, size = (shown(row[name], ",.0f") for name in ("parameters", "macs", "onnx_bytes"))
    sizes = f"{parameters:>10}{macs:>13}{size:>11}"
    return f"{row['student']:<44}{accuracy:>18}{sizes}{shown(row['p50_ms'], '.3f'):>8} ms  {row['verdict'] or ''}"


if __name__ == "__main__":
    sys.exit(main())
