"""A grid of temperatures and alphas as one job, beside the same trainings in RepDistiller; what a student more costs.

Repeat it from the project's folder with its environment active, best with nothing else running:

    python benchmarks/sweep.py [--peer DIR] [--updates 240] [--rounds 1] [--pairs 5] [--only grid|cohort] [--json]
    python benchmarks/sweep.py --only grid --cells 4:0.9 20:0.3       # some cells of the grid, as T:alpha

The grid is 6 temperatures by 5 alphas; alpha 0 is the control, trained once, so 30 cells are 25 trainings. They go
through the lab as one job in an empty home. ``--peer DIR`` times RepDistiller's own ``train_distill``, from a checkout
of github.com/HobbitLong/RepDistiller in DIR, in the same run: the same networks with its losses on ready float32
batches in memory, without the validation and the views that the lab's figure contains. It asks the teacher at every
update; the lab reads the logits that ship with it. Some updates of some trainings are timed and scaled to all of them;
its loader with its transforms is timed apart.

What a student more costs is how much an update takes longer in a larger cohort than in a smaller one, over the same of
a bare loop on as many threads: zero_grad, forward, KD loss, backward and step of as many students on ready tensors.
The two take turns, a few updates each. Processor time says nearly the same where other work disturbs the clock.
Ends with 1 where a limit is missed; the job's is for the whole grid. Without a peer that can be imported its rows are
left out; bfloat16 is refused on a CPU without it.
"""

# ruff: noqa: E402
import argparse
import contextlib
import importlib
import io
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from itertools import cycle, islice, pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from distill_core.jobs.torch_import import import_torch
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import expand
from distill_core.planning.teacher_sources import resolve_teacher

import_torch()  # sets what torch reads when it is imported, as the lab does

import numpy as np
import torch
from PIL import Image
from torch.nn import functional
from torchvision import transforms

from benchmarks.needs import bfloat16, count, peer, plain, reporting
from distill_core.assets import manifests, read_asset
from distill_core.errors import Stopped
from distill_core.events import Event, Progress
from distill_core.execution.losses import student_config
from distill_core.jobs.pool import WorkerPool
from distill_core.lab import Lab
from distill_core.machine import ResolvedPrecision, available_threads, resolve_precision
from distill_core.networks import build
from distill_core.networks.weights import from_bytes
from distill_core.planning.blueprints import task_blueprint
from distill_core.planning.precomputed_logits import find_precomputed_logits, read_one_teacher
from distill_core.spec import Budget, Experiment, Optimiser, ShippedTeacher, Student, TrainedTeacher
from distill_core.tasks import TASKS, Split, TaskData, load_task, null_sink
from distill_core.tasks.images import InMemoryImages
from distill_core.training.batches import Stream
from distill_core.training.cohort import CohortConfig, train_cohort
from distill_core.training.monitor import LOSS_POINTS
from distill_core.training.precision import autocast, channels_last, use_one_thread
from distill_core.training.student import StudentConfig
from distill_core.training.teacher_outputs import FrozenTeacher

TASK = TASKS.get("fashion_mnist_small")
TEACHER = ShippedTeacher(name="fashion_resnet20")
GRID = [(temperature, alpha) for temperature in (0.5, 1, 2, 4, 8, 20) for alpha in (0.3, 0.6, 0.9, 1.0)]
UPDATES, BATCH, LABELS = 240, 125, 500
JOB_SECONDS, PEER_TIMES, BARE_TIMES = 240.0, 2.5, 1.10
PEER_CELLS, PEER_WARMUP = ((0.5, 0.3), (4, 0.9), (20, 1.0)), 5
COHORTS = (4, 12)
# Of the cohort's rounds: most are of so many updates, those before a validation are shorter.
TURN, TURNS, WARMUP_TURNS = UPDATES // LOSS_POINTS, 20, 2
Cell = tuple[float, float]
# Images (B, C, H, W), labels (B,), the teacher's logits (B, C).
Ready = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


class Row(NamedTuple):
    what: str
    wanted: str
    measured: str
    missed: bool = False


def main() -> int:
    settings = _arguments()
    with reporting(as_json=settings.json) as report:
        report.figures |= {"settings": plain(settings), "arithmetic": resolve_precision(settings.precision)}
        if not report.can("everything", bfloat16() if settings.precision == "bfloat16" else None):
            return 2
        if settings.peer and not report.can("the peer", peer(settings.peer)):
            settings.peer = None
        grid: list[dict[str, Any]] = []
        pairs: list[dict[str, float]] = []
        report.figures |= {"grid": grid, "cohort": pairs, "rows": []}
        rows: list[Row] = []
        for measure, kept, count, told in (
            (_round, grid, 0 if settings.only == "cohort" else settings.rounds, partial(_grid_rows, settings)),
            (_pair, pairs, 0 if settings.only == "grid" else settings.pairs, _cohort_rows),
        ):
            for _ in range(count):
                kept.append(measure(settings))
                if len(kept) < count:
                    report.tell(f"{len(kept)} of {count}: {_short(kept[-1])}")
            for row in told(kept):
                rows.append(row)
                report.figures["rows"].append(row._asdict())
                report.tell(_line(row))
        return 1 if any(row.missed for row in rows) else 0


def _short(measured: dict[str, Any]) -> str:
    """The plain numbers of one round."""
    return ", ".join(f"{name} {value:.4g}" for name, value in measured.items() if isinstance(value, int | float))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", type=Path, help="a checkout of RepDistiller to time beside")
    parser.add_argument("--peer-updates", type=count, default=60, help="timed updates of each of its trainings")
    parser.add_argument("--updates", type=count, default=UPDATES, help="of every training of the grid")
    parser.add_argument("--rounds", type=count, default=1, help="jobs, each in a new home; a row is the median")
    parser.add_argument("--pairs", type=count, default=5, help="how often both sizes of a cohort are timed")
    parser.add_argument("--cells", type=_cell, nargs="+", default=GRID, metavar="T:ALPHA")
    parser.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto")
    parser.add_argument("--only", choices=("grid", "cohort"))
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _cell(text: str) -> Cell:
    temperature, _, alpha = text.partition(":")
    return float(temperature), float(alpha)


def _round(settings: argparse.Namespace) -> dict[str, Any]:
    """One job and, right after it, the peer: whatever else the machine does meets both alike."""
    ours = _job(settings)
    if not settings.peer:
        return ours
    updates = [_peer(settings, *cell) for cell in PEER_CELLS]
    # The control has no teacher, so the peer is spared it: one training less than ours.
    whole = statistics.median(updates) * (ours["trainings"] - 1) * settings.updates
    return {
        **ours,
        "peer_seconds_an_update": updates,
        "peer_seconds": whole,
        "peer_times": whole / ours["stages_seconds"]["Training"],
        "peer_loader_images_per_second": _peer_loader(settings),
    }


def _job(settings: argparse.Namespace) -> dict[str, Any]:
    experiment = _experiment(settings.precision, settings.cells, settings.updates)
    with tempfile.TemporaryDirectory() as home, contextlib.closing(Lab.open(Path(home))) as lab:
        began = time.monotonic()
        job = lab.wait(lab.submit(experiment), 3_600)
        ended = time.monotonic()
    if job.state != "finished":
        raise SystemExit(f"{job.state}: {job.error}")
    trainings, stages = len(job.experiment.students), _stages(job.events, ended)
    images = trainings * settings.updates * BATCH / stages["Training"]
    return {"trainings": trainings, "seconds": ended - began, "stages_seconds": stages, "images_per_second": images}


def _stages(events: Sequence[Event], ended: float) -> dict[str, float]:
    """Seconds of each stage, of all cohorts together: the time after a word belongs to the stage that it named."""
    said = [(event.stage.partition(":")[0], event.reported_at) for event in events if isinstance(event, Progress)]
    seconds = {stage: 0.0 for stage, _ in said}
    for (stage, at), (_, later) in pairwise([*said, ("", ended)]):
        seconds[stage] += later - at
    return seconds


def _experiment(precision: Any, cells: Sequence[Cell] = GRID, updates: int = UPDATES) -> Experiment:
    shared: dict[str, Any] = {"architecture": "resnet8", "stem_stride": 2, "labels": LABELS, "transfer": "labelled"}
    return Experiment(
        task=TASK.name,
        teacher=TEACHER,
        students=tuple(
            Student(name=f"T {temperature:g}, alpha {alpha:g}", temperature=temperature, alpha=alpha, **shared)
            for temperature, alpha in cells
        ),
        budget=Budget(updates=updates, batch_size=BATCH),
        precision=precision,
    )


class _PeerNetwork(torch.nn.Module):
    """One of our networks, asked as the peer's loop asks."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images_BCHW: torch.Tensor, is_feat: bool, preact: bool) -> tuple[list[Any], torch.Tensor]:
        return [], self.network(images_BCHW)


def _peer(settings: argparse.Namespace, temperature: float, alpha: float) -> float:
    """Seconds an update of RepDistiller's own loop with its losses, on all threads."""
    loops, zoo = importlib.import_module("helper.loops"), importlib.import_module("distiller_zoo")
    torch.set_num_threads(available_threads())
    student, teacher = _PeerNetwork(build(_recipes()[0].blueprint)), _PeerNetwork(_teacher())
    losses = [torch.nn.CrossEntropyLoss(), zoo.DistillKL(temperature), torch.nn.Identity()]
    optimiser = torch.optim.SGD(student.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
    options = SimpleNamespace(distill="kd", gamma=1 - alpha, alpha=alpha, beta=0, print_freq=10**9)
    ready = [(images_BCHW.contiguous(), labels_B, torch.arange(BATCH)) for images_BCHW, labels_B, _ in _ready()]

    def epoch(updates: int) -> float:
        loader = list(islice(cycle(ready), updates))
        began = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
            loops.train_distill(1, loader, [student, teacher], losses, optimiser, options)
        return (time.perf_counter() - began) / updates

    epoch(PEER_WARMUP)
    return epoch(settings.peer_updates)


def _peer_loader(settings: argparse.Namespace) -> float:
    """Images a second of RepDistiller's transforms for CIFAR-100 in its DataLoader with two workers, nothing else."""
    crop = [transforms.RandomCrop(TASK.size_px, padding=TASK.images.crop_padding_px), transforms.RandomHorizontalFlip()]
    transform = transforms.Compose(
        [*crop, transforms.ToTensor(), transforms.Normalize(TASK.images.mean, TASK.images.std)]
    )
    train, places = _data().train, np.resize(_recipes()[0].visible_M, settings.peer_updates * BATCH)

    class Images(torch.utils.data.Dataset):  # type: ignore[type-arg]
        def __len__(self) -> int:
            return len(places)

        def __getitem__(self, index: int) -> tuple[Any, int, int]:
            image_HW, label = train.images_NHWC[places[index], :, :, 0], int(train.labels_N[places[index]])
            return transform(Image.fromarray(image_HW)), label, index

    loader = torch.utils.data.DataLoader(Images(), batch_size=BATCH, shuffle=True, num_workers=2)
    began = time.perf_counter()
    images = sum(len(index) for _, _, index in loader)
    return images / (time.perf_counter() - began)


def _pair(settings: argparse.Namespace) -> dict[str, float]:
    """Milliseconds that a student adds to an update of the cohort and of the bare loop, by two clocks."""
    few, many = COHORTS
    small, large = (_seconds(resolve_precision(settings.precision), size) for size in COHORTS)
    added = {way: 1_000 * (large[way] - small[way]) / (many - few) for way in small}
    return {
        **added,
        "times": added["cohort"] / added["bare"],
        "processor_times": added["cohort_processor"] / added["bare_processor"],
    }


def _seconds(precision: ResolvedPrecision, size: int) -> dict[str, float]:
    """Seconds an update of so many students. The bare loop has its turn whenever the cohort asks whether to go on."""
    ready, steps = list(islice(cycle(_ready()), TURN)), [_bare_step(precision, *cell) for cell in GRID[:size]]
    clocks: list[tuple[float, float]] = []
    # Two crews: what torch keeps for a thread is then never another loop's.
    pools = [WorkerPool(available_threads(), initializer=use_one_thread) for _ in range(2)]

    def checkpoint() -> None:
        clocks.append((time.perf_counter(), time.process_time()))
        pools[0]([[partial(step, *batch) for batch in ready] for step in steps])
        clocks.append((time.perf_counter(), time.process_time()))
        if len(clocks) >= 2 * TURNS:
            raise Stopped("enough")

    with contextlib.closing(pools[0]), contextlib.closing(pools[1]), contextlib.suppress(Stopped):
        _train(precision, _recipes()[:size], checkpoint, pools[1])
    turns = np.diff(clocks, axis=0)[2 * WARMUP_TURNS :] / TURN
    bare, cohort = np.median(turns[::2], axis=0).tolist(), np.median(turns[1::2], axis=0).tolist()
    return {"cohort": cohort[0], "cohort_processor": cohort[1], "bare": bare[0], "bare_processor": bare[1]}


def _train(
    precision: ResolvedPrecision, configs: Sequence[StudentConfig], checkpoint: Callable[[], None], pool: WorkerPool
) -> None:
    experiment, data = _experiment(precision), _data()
    plan = CohortConfig(
        budget=experiment.budget,
        optimiser=experiment.optimiser,
        mode=experiment.mode,
        views=experiment.views,
        data_seed=experiment.data_seed,
        precision=precision,
    )
    # The bare loop does not validate.
    valid = InMemoryImages(TASK, Split(data.valid.images_NHWC[:1], data.valid.labels_N[:1]))
    teacher = FrozenTeacher(_teacher(), precision, _recorded())
    train = InMemoryImages(TASK, data.train)
    train_cohort(
        configs,
        plan,
        train=train,
        valid=valid,
        teacher=teacher,
        sink=null_sink,
        checkpoint=checkpoint,
        run_parallel=pool,
    )


def _bare_step(precision: ResolvedPrecision, temperature: float, alpha: float) -> Callable[..., None]:
    network, optimiser = channels_last(build(_recipes()[0].blueprint)).train(), Optimiser()
    rates = {"lr": optimiser.learning_rate, "momentum": optimiser.momentum, "weight_decay": optimiser.weight_decay}
    sgd = torch.optim.SGD(network.parameters(), **rates, nesterov=True, fused=True)  # type: ignore[arg-type]

    def step(images_BCHW: torch.Tensor, labels_B: torch.Tensor, teacher_BC: torch.Tensor) -> None:
        if torch.get_num_threads() > 1:
            torch.set_num_threads(1)
        sgd.zero_grad()
        with autocast(precision):
            student_BC = network(images_BCHW)
        student_BC = student_BC.float()
        student, teacher = (functional.log_softmax(logits / temperature, dim=1) for logits in (student_BC, teacher_BC))
        soft = functional.kl_div(student, teacher, reduction="batchmean", log_target=True) * temperature**2
        loss = (1 - alpha) * functional.cross_entropy(student_BC, labels_B) + alpha * soft
        loss.backward()  # type: ignore[no-untyped-call]
        sgd.step()

    return step


@cache
def _recipes() -> list[StudentConfig]:
    """The grid's students, without the control."""
    experiment = resolve_experiment(_experiment("auto"))
    known = resolve_teacher(TEACHER, TASK, resolve_precision("auto"), lambda run: None)  # type: ignore[arg-type, return-value]
    planned = [one for one in expand(experiment, known) if one.role == "student"]
    return [student_config(one, experiment.data_seed, _data().train.labels_N) for one in planned]


@cache
def _ready() -> list[Ready]:
    """One pass over the labelled images, as a student sees them, and what the teacher says of each."""
    dataset, recorded_VNC = InMemoryImages(TASK, _data().train), _recorded()
    images, views = _recipes()[0].visible_M, len(recorded_VNC)
    stream = Stream(images, batch_size=BATCH, views=views, mode="cached", data_seed=0, seed=0)

    def ready() -> Ready:
        batch = stream.next()
        chosen_B, views_B = torch.from_numpy(batch.images_B), torch.from_numpy(batch.views_B)
        return (
            dataset.views(batch.images_B, batch.views_B),
            torch.from_numpy(dataset.targets[batch.images_B]),
            recorded_VNC[views_B, chosen_B],
        )

    return [ready() for _ in range(LABELS // BATCH)]


@cache
def _data() -> TaskData:
    with tempfile.TemporaryDirectory() as home:
        return load_task(TASK, Path(home), null_sink)


@cache
def _recorded() -> torch.Tensor:
    experiment = _experiment("auto")
    manifest = find_precomputed_logits(experiment)
    assert manifest is not None
    return torch.from_numpy(read_one_teacher(manifest, experiment.views))


@cache
def _teacher() -> torch.nn.Module:
    (manifest,) = (one for one in manifests("teachers") if one.name == TEACHER.name)
    blueprint = task_blueprint(TrainedTeacher.model_validate(manifest.details["recipe"]), TASK)
    return from_bytes(blueprint, read_asset("teachers", manifest))


def _grid_rows(settings: argparse.Namespace, rounds: Sequence[dict[str, Any]]) -> Iterator[Row]:
    if not rounds:
        return
    trainings, seconds = rounds[0]["trainings"], _middle(rounds, "seconds")
    whole = len(settings.cells) >= len(GRID) and settings.updates >= UPDATES
    wanted, missed = (f"< {JOB_SECONDS:.0f} s", seconds >= JOB_SECONDS) if whole else ("", False)
    yield Row(f"the job: {trainings} trainings of {settings.updates} updates", wanted, f"{seconds:.1f} s", missed)
    for stage in rounds[0]["stages_seconds"]:
        yield Row(f"  {stage.lower()}", "", f"{_middle([one['stages_seconds'] for one in rounds], stage):.1f} s")
    yield Row("  images of the training stage", "", f"{_middle(rounds, 'images_per_second'):,.0f} images/s")
    if settings.peer:
        yield from _peer_rows(settings, rounds)


def _peer_rows(settings: argparse.Namespace, rounds: Sequence[dict[str, Any]]) -> Iterator[Row]:
    times, seconds = _middle(rounds, "peer_times"), _middle(rounds, "peer_seconds")
    images = (rounds[0]["trainings"] - 1) * settings.updates * BATCH / seconds
    scaled = f"scaled from {len(PEER_CELLS)} x {settings.peer_updates} updates"
    yield Row(f"the peer's train_distill, {scaled}", "", f"{seconds:.1f} s, {images:,.0f} images/s")
    yield Row("  over the training stage", f">= {PEER_TIMES} times", f"{times:.2f} times", times < PEER_TIMES)
    loader = _middle(rounds, "peer_loader_images_per_second")
    yield Row("the peer's own loader and transforms alone", "", f"{loader:,.0f} images/s")


def _cohort_rows(pairs: Sequence[dict[str, float]]) -> Iterator[Row]:
    if not pairs:
        return
    few, many = COHORTS
    for way, words in (("cohort", f"a student more in a cohort, {few} to {many}"), ("bare", "  in a bare loop")):
        yield Row(words, "", f"{_middle(pairs, way):.2f} ms an update")
    for name, words in (("times", "  one over the other"), ("processor_times", "  the same in processor time")):
        middle, values = _middle(pairs, name), [pair[name] for pair in pairs]
        limit = name == "times"
        measured = f"{middle:.3f} times ({min(values):.3f} to {max(values):.3f})"
        yield Row(words, f"<= {BARE_TIMES:.2f} times" if limit else "", measured, limit and middle > BARE_TIMES)


def _middle(rows: Sequence[dict[str, Any]], name: str) -> float:
    return float(statistics.median(row[name] for row in rows))


def _line(row: Row) -> str:
    return f"{row.what:<62}{row.wanted:<16}{row.measured}{'   MISSED' if row.missed else ''}"


if __name__ == "__main__":
    sys.exit(main())
