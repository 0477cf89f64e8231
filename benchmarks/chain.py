"""The default chain of compression: how long it takes, and what its last file is worth beside the teacher's.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/chain.py [--seeds 1] [--controls] [--json]

The chain runs in an empty home, from the moment it is submitted; with ``--controls`` the same network from random
weights trains after it. The teacher's float32 file and the chain's int8 file then answer the official 10,000 test
images, through onnxruntime, and both are timed in turns, one image on one thread. Ends with 1 where a figure is not
reached: five minutes; 10 times fewer bytes, a median 4 times lower, and at most 3 points lost on the test images that
ship.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from distill_core.events import RunFinished
from distill_core.export import answers, environment, measure_onnx
from distill_core.lab import Lab
from distill_core.pipeline import load_libraries, measure_pace
from distill_core.pipeline.chain import ladder
from distill_core.tasks import TASKS, ignore, load_task
from distill_core.training import ImageBank

ROOT = Path(__file__).resolve().parent.parent
LONGEST_SECONDS, FEWER_BYTES, LOWER_P50, POINTS_LOST = 300.0, 10.0, 4.0, 3.0
ROUNDS = 3
BATCH = 250


def main() -> int:
    settings = _arguments()
    with tempfile.TemporaryDirectory() as home:
        report = {"environment": environment(), **_measured(Path(home), settings)}
    print(json.dumps(report, indent=2) if settings.json else _table(report))
    return 0 if all(_reached(report).values()) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--controls", action="store_true", help="train the same network from random weights too")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _measured(home: Path, settings: argparse.Namespace) -> dict[str, Any]:
    load_libraries()
    measure_pace()  # as the warm-up of a server does
    lab = Lab.open(home)
    try:
        chain = lab.default_chain().model_copy(update={"seeds": settings.seeds, "controls": settings.controls})
        experiment = lab.chain_experiment(chain)
        rungs = ladder(experiment)
        expected = lab.plan(experiment).expected_seconds
        began = time.perf_counter()
        job_id = lab.submit(experiment)
        seconds = _until(lab, job_id, [f"{rungs[-1]}/{seed}" for seed in range(settings.seeds)], began)
        job = lab.wait(job_id, 3_600)
        if job.state != "finished":
            raise SystemExit(f"{job.state}: {job.error}")
        summary = lab.summary(job_id)
        return {
            "expected_seconds": expected,
            "chain_seconds": seconds,
            "job_seconds": time.perf_counter() - began,
            "rows": json.loads(summary.to_json(orient="records")),
            "files": _files(lab, summary, rungs[-1]),
        }
    finally:
        lab.close()


def _until(lab: Lab, job_id: str, runs: list[str], began: float) -> float:
    """Seconds until all of these runs are finished and stored."""
    while True:
        job = lab.wait(job_id, 0.2)
        finished = {event.run for event in job.events if isinstance(event, RunFinished)}
        if finished.issuperset(runs):
            return time.perf_counter() - began
        if job.state not in ("queued", "running"):
            raise SystemExit(f"{job.state}: {job.error}")


def _files(lab: Lab, summary: Any, last: str) -> list[dict[str, Any]]:
    """The teacher's file and the last rung's, on the test images that ship and on the official 10,000."""
    kept = {
        row["student"]: lab.artifact(row["run_ids"][0], "onnx").read_bytes()
        for row in summary.to_dict("records")
        if row["role"] == "teacher" or row["student"] == last
    }
    p50_ms: dict[str, list[float]] = {name: [] for name in kept}
    for _ in range(ROUNDS):
        for name, data in kept.items():
            (timed,) = measure_onnx(data, batch_sizes=(1,), threads=(1,))
            p50_ms[name].append(timed.timing.p50_ms)
    return [
        {
            "name": name,
            "onnx_bytes": len(data),
            "p50_ms": median(p50_ms[name]),
            **{task: _accuracy(data, task) for task in ("fashion_mnist_small", "fashion_mnist")},
        }
        for name, data in kept.items()
    ]


def _accuracy(data: bytes, task: str) -> float:
    test = load_task(TASKS.get(task), ROOT / "distill_home", ignore).test
    bank = ImageBank(TASKS.get(task), test)
    places = np.array_split(np.arange(len(test)), len(test) // BATCH)
    right = sum(
        int((answers(data, bank.plain(part).contiguous().numpy()).argmax(1) == test.labels_N[part]).sum())
        for part in places
    )
    return right / len(test)


def _reached(report: dict[str, Any]) -> dict[str, bool]:
    teacher, last = report["files"]
    return {
        "seconds": report["chain_seconds"] < LONGEST_SECONDS,
        "bytes": teacher["onnx_bytes"] / last["onnx_bytes"] >= FEWER_BYTES,
        "p50": teacher["p50_ms"] / last["p50_ms"] >= LOWER_P50,
        "points": 100 * (teacher["fashion_mnist_small"] - last["fashion_mnist_small"]) <= POINTS_LOST,
        "official": 100 * (teacher["fashion_mnist"] - last["fashion_mnist"]) <= POINTS_LOST,
    }


def _table(report: dict[str, Any]) -> str:
    return "\n".join(_lines(report))


def _lines(report: dict[str, Any]) -> Iterator[str]:
    yield f"{report['environment']['cpu']}, {report['environment']['threads']} threads"
    for row in report["rows"]:
        half = row["test_accuracy_half_width"]
        accuracy = f"{100 * row['test_accuracy']:.2f} %" + (f" ± {100 * half:.2f}" if half else "")
        sizes = f"{row['parameters']:>10,.0f}{row['macs']:>13,.0f}{row['onnx_bytes']:>11,.0f}"
        yield f"{row['student']:<44}{accuracy:>18}{sizes}{row['p50_ms']:>8.3f} ms"
    teacher, last = report["files"]
    reached = _reached(report)
    for what, told in (
        (
            "seconds",
            _seconds(report),
        ),
        ("bytes", f"{teacher['onnx_bytes'] / last['onnx_bytes']:.1f} times fewer bytes"),
        ("p50", f"{teacher['p50_ms'] / last['p50_ms']:.1f} times lower p50 ({teacher['p50_ms']:.3f} ms)"),
        ("points", _lost(teacher, last, "fashion_mnist_small")),
        ("official", _lost(teacher, last, "fashion_mnist")),
    ):
        yield f"{what:<10}{told:<70}{'reached' if reached[what] else 'not reached'}"


def _seconds(report: dict[str, Any]) -> str:
    whole = f"whole job {report['job_seconds']:.0f} s (expected {report['expected_seconds']:.0f} s)"
    return f"chain {report['chain_seconds']:.0f} s, {whole}"


def _lost(teacher: dict[str, Any], last: dict[str, Any], task: str) -> str:
    images = TASKS.get(task).test_images
    lost = 100 * (teacher[task] - last[task])
    return f"{teacher[task]:.2%} to {last[task]:.2%} of {images:,} test images: {lost:.2f} points lost"


if __name__ == "__main__":
    sys.exit(main())
