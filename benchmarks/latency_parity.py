"""Is the p50 that the lab reports that of a bare onnxruntime loop? Same file, same run; 5 % is the limit.

The two take turns (lab, bare, lab, bare, ...), so that whatever else the machine does meets both alike; a row is the
median over the rounds, its difference the median of the differences within a round. Ends with 1 where a row is
beyond the limit.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/latency_parity.py                       # about 2 minutes, resnet8 with random weights
    python benchmarks/latency_parity.py --onnx FILE --json    # a file of yours, numbers for a script
"""

import argparse
import functools
import math
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.needs import count, reporting
from distill_core.deployment.latency import measure, measure_round
from distill_core.deployment.onnx_export import export_onnx
from distill_core.machine import available_threads
from distill_core.networks import ARCHITECTURES, Blueprint, build

LIMIT_PERCENT = 5.0
HEADINGS = ("batch", "threads", "lab p50 ms", "bare p50 ms", "difference %", "within")


def main() -> int:
    settings = _arguments()
    with reporting(as_json=settings.json) as report:
        data = settings.onnx.read_bytes() if settings.onnx else _network(settings.architecture)
        rows = report.figures["rows"] = []
        report.figures |= {"limit_percent": LIMIT_PERCENT, "rounds": settings.rounds}
        report.tell("| " + " | ".join(HEADINGS) + " |\n|" + "--:|" * len(HEADINGS))
        for threads in dict.fromkeys((1, available_threads())):
            for batch_size in (1, 32):
                rows.append(_row(data, batch_size, threads, settings))
                report.tell(_line(rows[-1]))
        return 0 if all(row["within"] for row in rows) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--onnx", type=Path, help="the file to time (default: an export of --architecture)")
    parser.add_argument("--architecture", default="resnet8")
    parser.add_argument("--rounds", type=count, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="timed seconds of each turn, the lab's by default")
    parser.add_argument("--json", action="store_true")
    settings = parser.parse_args()
    if settings.onnx and not settings.onnx.is_file():
        parser.error(f"--onnx {settings.onnx}: no such file")
    if settings.architecture not in ARCHITECTURES:
        parser.error(f"--architecture {settings.architecture}: known are {', '.join(ARCHITECTURES.names())}")
    return settings


def _network(architecture: str) -> bytes:
    blueprint = Blueprint.for_images(
        architecture=architecture, classes=10, stem_stride=2 if architecture == "resnet8" else 1
    )
    return export_onnx(build(blueprint), blueprint).data


def _row(data: bytes, batch_size: int, threads: int, settings: argparse.Namespace) -> dict[str, Any]:
    turns = [
        (_lab_ms(data, batch_size, threads, settings.seconds), _bare_ms(data, batch_size, threads, settings.seconds))
        for _ in range(settings.rounds)
    ]
    difference = statistics.median(100 * (lab / bare - 1) for lab, bare in turns)
    return {
        "batch_size": batch_size,
        "threads": threads,
        "lab_p50_ms": statistics.median(lab for lab, _ in turns),
        "bare_p50_ms": statistics.median(bare for _, bare in turns),
        "difference_percent": difference,
        "within": abs(difference) <= LIMIT_PERCENT,
    }


def _lab_ms(data: bytes, batch_size: int, threads: int, seconds: float) -> float:
    timer = functools.partial(measure, seconds=seconds)
    (one,) = measure_round([data], batch_size=batch_size, threads=threads, timer=timer)
    return one.timing.p50_ms


def _bare_ms(data: bytes, batch_size: int, threads: int, seconds: float) -> float:
    """What anyone would write without the lab."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    shape = (batch_size, *session.get_inputs()[0].shape[1:])
    feed = {session.get_inputs()[0].name: np.random.default_rng(1).standard_normal(shape).astype(np.float32)}
    warm = time.perf_counter() + 0.2
    while time.perf_counter() < warm:
        session.run(None, feed)
    taken = []
    end = time.perf_counter() + seconds
    while len(taken) < 200 or time.perf_counter() < end:
        start = time.perf_counter()
        session.run(None, feed)
        taken.append(time.perf_counter() - start)
    return 1000 * sorted(taken)[math.ceil(len(taken) / 2) - 1]


def _line(row: dict[str, Any]) -> str:
    return (
        f"| {row['batch_size']} | {row['threads']} | {row['lab_p50_ms']:.4f} | {row['bare_p50_ms']:.4f} "
        f"| {row['difference_percent']:+.2f} | {'yes' if row['within'] else 'NO'} |"
    )


if __name__ == "__main__":
    raise SystemExit(main())
