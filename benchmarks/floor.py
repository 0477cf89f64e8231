"""How close the training loop comes to what this machine's processors can do: the default comparison's floor.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/floor.py [--avx2] [--updates 60] [--json]

The peak is measured: a product of two large matrices, and the convolutions of the default student, forward and with
both gradients, on one thread and on all. The floor is what images times multiply-accumulates take at the peak of the
matrix product on all threads. The loop is the real one (streams, losses, meters, validation), for so many of its 480
updates after its first ones, scaled to all of them; validation comes once in 60. ``--avx2`` starts itself again as a
machine with AVX2 alone, in float32, as many laptops are. Seconds of processor time stand beside those of the clock:
where they are less than the threads that work, something else was running.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.needs import Report, count, reporting
from tools.simulated_machines import AVX2, become, missing

MATRIX = 1024
SECONDS = 0.4
# Channels in, channels out, pixels of a side, stride: the 3x3 convolutions of a ResNet-8 with a stem of stride 2.
SHAPES = ((16, 16, 14, 1), (16, 32, 14, 2), (32, 32, 7, 1), (32, 64, 7, 2), (64, 64, 4, 1))
FIRST_UPDATES = 16
# Validation comes once in so many updates; the comparison has eight times as many.
PERIOD, MOST_UPDATES = 60, 420


def main() -> int:
    settings = _arguments()
    if settings.avx2 and any(os.environ.get(name) != value for name, value in AVX2.items()):
        os.environ.update(AVX2)
        return become(sys.argv)
    with reporting(as_json=settings.json) as report:
        _measure(report, settings.updates)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--avx2", action="store_true", help="as on a CPU with AVX2 alone, in float32")
    parser.add_argument("--updates", type=count, default=PERIOD, help=f"a multiple of {PERIOD}, at most {MOST_UPDATES}")
    parser.add_argument("--json", action="store_true")
    settings = parser.parse_args()
    if settings.updates % PERIOD or settings.updates > MOST_UPDATES:
        parser.error(f"--updates {settings.updates}: expected a multiple of {PERIOD}, at most {MOST_UPDATES}")
    if settings.avx2 and (reason := missing(["avx2"])):
        parser.error(f"--avx2: {reason}")
    return settings


def _measure(report: Report, updates: int) -> None:
    import torch

    from distill_core.machine import resolve_precision, training_threads

    precision, threads = resolve_precision("auto"), training_threads()
    peaks: dict[int, dict[str, float]] = {}
    report.figures |= {"training_threads": threads, "peaks_gflops": peaks}
    for number in dict.fromkeys((1, threads)):
        torch.set_num_threads(number)
        peaks[number] = {}
        for name, gflops in _peaks(precision):
            peaks[number][name] = gflops
            report.tell(f"{name:<44}{gflops:>12.0f} GFLOP/s, {number} thread{'' if number == 1 else 's'}")
    work = _work()
    floor = 2 * work["gmacs"] / peaks[threads]["matrix"]
    report.figures |= {**work, "floor_seconds": floor}
    _tell(report, "training, forward and backward", work["training_gmacs"], "GMAC")
    _tell(report, "validation on the way", work["validation_gmacs"], "GMAC")
    _tell(report, "teacher, before it teaches", work["teacher_gmacs"], "GMAC")
    _tell(report, "floor of training and validation", floor, "s")
    loop = _loop(precision, updates)
    ratio = loop["loop_seconds"] / floor
    report.figures |= {**loop, "ratio": ratio}
    _tell(report, "loop", loop["loop_seconds"], "s")
    _tell(report, "loop, processor time", loop["loop_processor_seconds"], "s")
    _tell(report, "loop over floor", ratio, "times")


def _tell(report: Report, what: str, value: float, unit: str) -> None:
    report.tell(f"{what:<44}{value:>12.1f} {unit}")


def _peaks(precision: str) -> Iterator[tuple[str, float]]:
    """GFLOP/s of each thing that is timed, on the threads that torch has now."""
    yield "matrix", _matrix_gflops(precision)
    yield from _convolutions(precision)


def _best(call: Callable[[], object]) -> float:
    """Seconds of the fastest of some calls: a peak is what the machine can do, whatever else runs meanwhile."""
    call()
    taken: list[float] = []
    while sum(taken) < SECONDS:
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return min(taken)


def _matrix_gflops(precision: str) -> float:
    import torch

    kind = torch.bfloat16 if precision == "bfloat16" else torch.float32
    left, right = torch.randn(MATRIX, MATRIX).to(kind), torch.randn(MATRIX, MATRIX).to(kind)
    return 2 * MATRIX**3 / _best(lambda: left @ right) / 1e9


def _convolutions(precision: str) -> Iterator[tuple[str, float]]:
    """GFLOP/s of each shape at a batch of 125, forward alone and with the gradients of inputs and weights."""
    import torch

    kind = torch.bfloat16 if precision == "bfloat16" else torch.float32
    for before, after, side, stride in SHAPES:
        part = torch.nn.Conv2d(before, after, 3, stride, 1, bias=False).to(kind, memory_format=torch.channels_last)
        given = torch.randn(125, before, side, side).to(kind).to(memory_format=torch.channels_last)
        given.requires_grad_(True)
        answer = part(given)
        flops = 2 * answer.numel() * before * 9
        back = torch.randn_like(answer)
        name = f"{before} to {after}, {side} px, stride {stride}"
        with torch.no_grad():
            forward = _best(lambda part=part, given=given: part(given))
        yield f"{name}, forward", flops / forward / 1e9
        both = _best(lambda part=part, given=given, back=back: part(given).backward(back))
        yield f"{name}, training", 3 * flops / both / 1e9


def _work() -> dict[str, Any]:
    """What the default comparison multiplies: its students' updates, its looks at validation images."""
    from distill_core.networks import profile
    from distill_core.planning.loop import VALID_POINTS
    from distill_core.planning.resolve import resolve_experiment
    from distill_core.planning.runs import expand
    from distill_core.planning.teacher_sources import resolve_teacher
    from distill_core.tasks import TASKS
    from distill_core.templates.presets import default_experiment

    full = resolve_experiment(default_experiment())
    task = TASKS.get(full.task)
    planned = expand(full, resolve_teacher(full.teacher, task, full.precision, lambda run: _no_run(run)))
    images = full.budget.updates * full.budget.batch_size
    macs = sum(profile(one.blueprint).macs for one in planned)
    looks = VALID_POINTS * task.counts.valid * macs
    teacher = profile(planned[0].teacher_blueprint).macs * (task.counts.valid + task.counts.test)
    return {
        "students": len(planned),
        "updates": full.budget.updates,
        "training_gmacs": 3 * images * macs / 1e9,
        "validation_gmacs": looks / 1e9,
        "teacher_gmacs": teacher / 1e9,
        "gmacs": (3 * images * macs + looks) / 1e9,
    }


def _no_run(run: str) -> Any:
    raise SystemExit(f"the default teacher ships, it is no run ({run})")


def _loop(precision: str, updates: int) -> dict[str, float]:
    """Seconds of the default comparison's loop, all students side by side as in a job."""
    from distill_core.errors import Stopped
    from distill_core.events import Event, Progress
    from distill_core.jobs.pool import WorkerPool
    from distill_core.machine import available_threads
    from distill_core.templates.presets import default_experiment
    from distill_core.training.precision import use_one_thread

    marks: list[tuple[int, float, float]] = []

    def sink(event: Event) -> None:
        if isinstance(event, Progress):
            marks.append((event.done, time.perf_counter(), time.process_time()))

    def checkpoint() -> None:
        if marks and marks[-1][0] >= FIRST_UPDATES + updates:
            raise Stopped("enough")

    pool = WorkerPool(available_threads(), initializer=use_one_thread)
    with suppress(Stopped):
        _train(default_experiment().model_copy(update={"precision": precision}), precision, sink, checkpoint, pool)
    pool.close()
    kept = [mark for mark in marks if mark[0] >= FIRST_UPDATES]
    (first, began, cpu), (last, ended, cpu_ended) = kept[0], kept[-1]
    scale = default_experiment().budget.updates / (last - first)
    return {
        "loop_seconds": scale * (ended - began),
        "loop_processor_seconds": scale * (cpu_ended - cpu),
        "update_ms": 1000 * (ended - began) / (last - first),
    }


def _train(experiment: Any, precision: Any, sink: Any, checkpoint: Any, pool: Any) -> None:
    from distill_core.assets import read_asset
    from distill_core.execution.losses import student_config
    from distill_core.methods import FeatureShapes
    from distill_core.networks.weights import from_bytes
    from distill_core.planning.precomputed_logits import precomputed_logits_of, read_precomputed_logits
    from distill_core.planning.resolve import resolve_experiment
    from distill_core.planning.runs import expand
    from distill_core.planning.teacher_sources import resolve_teacher
    from distill_core.planning.teacher_sources.shipped import shipped_manifest
    from distill_core.tasks import TASKS, load_task, null_sink
    from distill_core.tasks.images import InMemoryImages
    from distill_core.training.cohort import CohortConfig, train_cohort
    from distill_core.training.teacher_outputs import FrozenTeacher

    full = resolve_experiment(experiment)
    task = TASKS.get(full.task)
    known = resolve_teacher(full.teacher, task, full.precision, _no_run)
    with tempfile.TemporaryDirectory() as home:
        data = load_task(task, Path(home), null_sink)
    network = from_bytes(known.blueprint, read_asset("teachers", shipped_manifest(full.teacher.name)))
    train_cohort(
        [
            student_config(one, full.data_seed, data.train.labels_N, FeatureShapes(), None)
            for one in expand(full, known)
        ],
        CohortConfig(
            budget=full.budget,
            optimiser=full.optimiser,
            mode=full.mode,
            views=full.views,
            data_seed=full.data_seed,
            precision=precision,
        ),
        train=InMemoryImages(task, data.train, data_seed=full.data_seed),
        valid=InMemoryImages(task, data.valid, data_seed=full.data_seed),
        teacher=FrozenTeacher(network, precision, read_precomputed_logits(precomputed_logits_of(full), full.views)),
        sink=sink,
        checkpoint=checkpoint,
        run_parallel=pool,
    )


if __name__ == "__main__":
    sys.exit(main())
