"""Images a second of the real cohort loop: streams, augmentation, teacher, losses, meters and validation included.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/train_step.py --teacher resnet56 --student resnet20 --classes 100 --shape 3x32x32 --batch 64 \
        --students 1,4 [--json] [--peer DIR]

A row is one way to train; ``images/s a student`` counts the images that each student trains on, after the warm-up.
Cached rows are timed once the teacher has looked at every view (as it is after the first passes of a training); the
cost of that look is the row "teacher's look". ``--peer DIR`` times RepDistiller's own ``train_distill`` loop, from a
checkout of github.com/HobbitLong/RepDistiller in DIR, with CIFAR-like images in its own DataLoader, in the same run.
Precisions that this CPU works out in another one are left out; ``--emulated`` times them all the same.
``--device cuda`` or ``mps`` trains there; where torch finds none, nothing is timed, and the reason is told.
"""

# ruff: noqa: E402
import argparse
import contextlib
import importlib
import io
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from distill_core.jobs.torch_import import import_torch

import_torch()  # sets what torch reads when it is imported, as the lab does

import numpy as np
import torch

from benchmarks.needs import Report, bfloat16, count, device, peer, plain, reporting
from distill_core.errors import DistillError
from distill_core.machine import ResolvedPrecision
from distill_core.methods import METHODS, FeatureShapes, Settings
from distill_core.networks import Blueprint, build
from distill_core.spec import Budget, Optimiser
from distill_core.tasks import Split, Task, null_sink
from distill_core.tasks.base import SplitCounts
from distill_core.tasks.images import InMemoryImages, image_task
from distill_core.training.cohort import CohortConfig, train_cohort
from distill_core.training.student import StudentConfig
from distill_core.training.teacher_outputs import FrozenTeacher

IMAGES = 320
# The peer's loop does not validate inside its epochs, so what is left of validation here is small.
VALID_IMAGES = 64
VIEWS = 2
PEER = "peer: RepDistiller train_distill"
PRECISIONS = ("float32", "bfloat16")


@dataclass(slots=True)
class Way:
    """One way to train; ``values``: what each round gave, in images a second and student."""

    name: str
    students: int
    run: Callable[[], float]
    values: list[float] = field(default_factory=list)


def main() -> int:
    settings = _arguments()
    with reporting(as_json=settings.json) as report:
        report.tell(f"{settings.teacher} -> {settings.student}, batch {settings.batch}, on {settings.device}")
        report.figures |= {"settings": plain(settings), "rows": []}
        ways = _ways(settings, report)
        if not ways:
            return 2
        # Rounds in turn, so that whatever else the machine does meets all ways alike.
        for turn in range(settings.rounds):
            for way in ways:
                way.values.append(way.run())
                report.figures["rows"] = [_row(one) for one in ways if one.values]
                report.tell(_line(way, way.values[-1], ways) + (f"   round {turn + 1}" if settings.rounds > 1 else ""))
        for way in ways if settings.rounds > 1 else ():
            report.tell(f"{_line(way, statistics.median(way.values), ways)}   median")
    return 0


def _row(way: Way) -> dict[str, Any]:
    value = statistics.median(way.values)
    return {"way": way.name, "students": way.students, "images_per_second_a_student": value}


def _line(way: Way, value: float, ways: list[Way]) -> str:
    told = f"{way.name:<34}{way.students:>3} students{value:>9.0f} images/s each"
    if ways[0].name != PEER or way is ways[0]:
        return told
    # So many separate runs of the peer take turns: each of their students gets its share of the images a second.
    return f"{told}{value * max(1, way.students) / statistics.median(ways[0].values):9.2f} times the peer's"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", default="resnet56")
    parser.add_argument("--student", default="resnet20")
    parser.add_argument("--classes", type=count, default=100)
    parser.add_argument("--shape", default="3x32x32", help="channels x height x width")
    parser.add_argument("--batch", type=count, default=64)
    parser.add_argument("--students", default="1,4", help="cohort sizes")
    parser.add_argument("--precisions", default=",".join(PRECISIONS), help="with commas")
    parser.add_argument("--device", choices=("cpu", "cuda", "mps"), default="cpu")
    parser.add_argument("--emulated", action="store_true", help="bfloat16 even on a CPU without it")
    parser.add_argument("--updates", type=count, default=40, help="timed updates of each way")
    parser.add_argument("--rounds", type=count, default=1, help="whole rounds; a row is the median")
    parser.add_argument("--peer", type=Path, help="a checkout of RepDistiller to time beside")
    parser.add_argument("--json", action="store_true")
    settings = parser.parse_args()
    if unknown := set(settings.precisions.split(",")) - set(PRECISIONS):
        parser.error(f"--precisions {', '.join(unknown)}: known are {', '.join(PRECISIONS)}")
    try:
        for name in (settings.teacher, settings.student):
            build(_blueprint(settings, name))
    except (DistillError, ValueError) as error:
        parser.error(str(error))
    return settings


def _ways(settings: argparse.Namespace, report: Report) -> list[Way]:
    """What can be timed here."""
    ways: list[Way] = []
    if not report.can(settings.device, device(settings.device)):
        return ways
    if settings.peer and report.can(PEER, peer(settings.peer, settings.teacher, settings.student)):
        ways.append(Way(PEER, 1, lambda: _peer(settings)))
    for precision in settings.precisions.split(","):
        lacks = None if precision == "float32" or settings.emulated else bfloat16(settings.device)
        if not report.can(precision, lacks):
            continue
        ways.append(Way(f"{precision}, teacher's look", 0, lambda p=precision: _look(settings, p)))
        for mode in ("cached", "consistent"):
            ways += [
                Way(f"{precision}, {mode}", students, lambda p=precision, m=mode, s=students: _ours(settings, p, m, s))
                for students in map(int, settings.students.split(","))
            ]
    return ways


def _ours(settings: argparse.Namespace, precision: ResolvedPrecision, mode: str, students: int) -> float:
    """Images a second and student, from the checkpoint's clock between updates."""
    task = _task(settings)
    train, valid = _bank(task, IMAGES), _bank(task, VALID_IMAGES)
    # Cached: one whole look at every view comes first, so that what is timed is the steady state.
    warmup = 5 if mode == "consistent" else 5 + 4 * VIEWS * IMAGES // settings.batch
    ticks: list[float] = []
    train_cohort(
        [_recipe(settings, seed) for seed in range(students)],
        CohortConfig(
            budget=Budget(updates=warmup + settings.updates, batch_size=settings.batch),
            optimiser=Optimiser(),
            mode=mode,  # type: ignore[arg-type]
            views=VIEWS,
            data_seed=0,
            precision=precision,
            device=settings.device,
        ),
        train=train,
        valid=valid,
        teacher=FrozenTeacher(build(_blueprint(settings, settings.teacher)), precision, device=settings.device),
        sink=null_sink,
        checkpoint=lambda: ticks.append(time.perf_counter()),
    )
    ticks.append(time.perf_counter())
    return settings.batch * settings.updates / (ticks[-1] - ticks[-1 - settings.updates])


def _look(settings: argparse.Namespace, precision: ResolvedPrecision) -> float:
    dataset = _bank(_task(settings), IMAGES)
    teacher = FrozenTeacher(build(_blueprint(settings, settings.teacher)), precision, device=settings.device)
    chosen = np.arange(250)
    teacher(dataset.views(chosen, chosen))
    began = time.perf_counter()
    for view in range(4):
        teacher(dataset.views(chosen, np.full(250, view))).sum().item()  # once it is there
    return 4 * 250 / (time.perf_counter() - began)


def _recipe(settings: argparse.Namespace, seed: int) -> StudentConfig:
    method = METHODS.get("kd")
    return StudentConfig(
        run=f"{settings.student}/{seed}",
        student=settings.student,
        blueprint=_blueprint(settings, settings.student),
        loss=method.build(Settings(temperature=method.temperature, alpha=method.alpha), FeatureShapes()),
        uses_teacher=True,
        # One stream for all: a cohort that differs in its methods, not in its batches.
        seed=0,
        visible_M=np.arange(IMAGES),
        labelled_N=np.ones(IMAGES, dtype=bool),
    )


def _blueprint(settings: argparse.Namespace, architecture: str) -> Blueprint:
    channels, size, _ = (int(part) for part in settings.shape.split("x"))
    return Blueprint.for_images(architecture=architecture, classes=settings.classes, channels=channels, size_px=size)


def _task(settings: argparse.Namespace) -> Task:
    channels, size, _ = (int(part) for part in settings.shape.split("x"))
    return image_task(
        name="random",
        title="Random images",
        teaches="",
        source="",
        licence="",
        classes=tuple(str(label) for label in range(settings.classes)),
        channels=channels,
        size_px=size,
        crop_padding_px=4,
        flip=True,
        mean=(0.5,) * channels,
        std=(0.25,) * channels,
        counts=SplitCounts(train=IMAGES, valid=VALID_IMAGES, test=0),
        sha256="",
        load=None,  # type: ignore[arg-type]
    )


def _bank(task: Task, count: int) -> InMemoryImages:
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (count, task.size_px, task.size_px, task.channels), dtype=np.uint8)
    return InMemoryImages(task, Split(images, generator.integers(0, len(task.classes), count)))


def _peer(settings: argparse.Namespace) -> float:
    """RepDistiller's own loop, networks, losses and transforms; its DataLoader with a worker for each core."""
    loops, zoo = importlib.import_module("helper.loops"), importlib.import_module("distiller_zoo")
    models = importlib.import_module("models").model_dict
    student, teacher = (
        models[settings.student](num_classes=settings.classes),
        models[settings.teacher](num_classes=settings.classes),
    )
    losses = [torch.nn.CrossEntropyLoss(), zoo.DistillKL(4), torch.nn.Identity()]
    optimiser = torch.optim.SGD(student.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
    options = SimpleNamespace(distill="kd", gamma=0.1, alpha=0.9, beta=0, print_freq=10**9)

    def epoch(updates: int) -> float:
        loader = torch.utils.data.DataLoader(
            _PeerImages(settings, updates * settings.batch), batch_size=settings.batch, shuffle=True, num_workers=2
        )
        began = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            loops.train_distill(1, loader, [student, teacher], losses, optimiser, options)
        return settings.batch * updates / (time.perf_counter() - began)

    epoch(3)
    return epoch(settings.updates)


class _PeerImages(torch.utils.data.Dataset):  # type: ignore[type-arg]
    """Random images through the transforms that RepDistiller uses for CIFAR-100."""

    def __init__(self, settings: argparse.Namespace, count: int) -> None:
        from torchvision import transforms

        channels, size, _ = (int(part) for part in settings.shape.split("x"))
        generator = np.random.default_rng(0)
        self.images = generator.integers(0, 256, (count, size, size, channels), dtype=np.uint8)
        self.labels = generator.integers(0, settings.classes, count)
        self.transform = transforms.Compose(
            [
                transforms.RandomCrop(size, padding=4),
                transforms.RandomHorizontalFlip(),
                transforms.ToTensor(),
                transforms.Normalize((0.5,) * channels, (0.25,) * channels),
            ]
        )

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Any, int, int]:
        from PIL import Image

        return self.transform(Image.fromarray(self.images[index])), int(self.labels[index]), index


if __name__ == "__main__":
    sys.exit(main())
