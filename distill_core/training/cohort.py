"""The loop that trains a cohort: students with the same stream see the same batches and share one teacher pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from distill_core.errors import InvalidSetting, Stopped, said
from distill_core.events import RunStarted, Sink
from distill_core.jobs.runners import ParallelRunner, run_serially
from distill_core.lazy_torch import Tensor, torch
from distill_core.machine import ResolvedPrecision
from distill_core.spec import Budget, Optimiser
from distill_core.tasks import Dataset
from distill_core.tasks.base import Metrics, accuracy
from distill_core.training.batches import Stream, mixed
from distill_core.training.device import moved, repeatable
from distill_core.training.monitor import CohortMonitor, Trained
from distill_core.training.peers import PeerGroup, TeacherBatch, step_alone, step_peers
from distill_core.training.resuming import NOWHERE, Keeper, Resuming
from distill_core.training.state import conditions
from distill_core.training.student import StudentConfig, StudentTrainer
from distill_core.training.teacher_outputs import Teacher, TeacherOutputs

# Updates between two calls of ``checkpoint``. With one, two threads that share three students would wait for each other
# at every update.
LONGEST_ROUND = 8
# The stages of an Inception take 50 MB a batch, so a round of three seeds would hold 1.2 GB of them.
MOST_HELD_BYTES = 2**28
NO_TEACHERS: Mapping[str, Teacher] = {}


@dataclass(frozen=True, kw_only=True, slots=True)
class CohortConfig:
    """The configuration that all students of a cohort share. The first of ``metrics`` scores them on validation
    examples."""

    budget: Budget
    optimiser: Optimiser
    mode: Literal["cached", "consistent"]
    views: int
    data_seed: int
    precision: ResolvedPrecision
    device: str = "cpu"
    metrics: Metrics = accuracy


@dataclass(frozen=True, slots=True)
class _BatchGroup:
    """A stream with its students, in groups of peers, and the outputs of their teacher where one of them uses it."""

    stream: Stream
    peer_groups: tuple[PeerGroup, ...]
    teacher: TeacherOutputs | None


# A group, an update counted from 0, and the batch of that update.
_WorkItem = tuple[_BatchGroup, int, TeacherBatch]


def train_cohort(
    configs: Sequence[StudentConfig],
    plan: CohortConfig,
    *,
    train: Dataset,
    valid: Dataset,
    teacher: Teacher | None,
    sink: Sink,
    checkpoint: Callable[[], None],
    run_parallel: ParallelRunner = run_serially,
    own_teachers: Mapping[str, Teacher] = NO_TEACHERS,
    keeper: Keeper = NOWHERE,
) -> tuple[Trained, ...]:
    """Train students side by side for the budget; results come in the order of the configs, with networks on the CPU.

    ``teacher``, and ``own_teachers``, which replace it by the key of a run, are on ``plan.device``.
    ``checkpoint`` is called before every round of updates: it waits while the job is paused and raises Stopped when it
    should end. ``run_parallel`` runs the steps of single-threaded students; how it does so changes no result.
    ``keeper`` has what is half trained: training goes on from there, to the same bits, and writes it every few seconds.
    A student whose loss or weights are not finite ends with a message, and its peers with it; the others go on.
    Raises: InvalidSetting if a student needs a teacher or peers that are not there; what ``checkpoint`` raises.
    """
    budget = plan.budget
    trainers = [
        StudentTrainer(
            config,
            plan.optimiser,
            updates=budget.updates,
            batch_size=budget.batch_size,
            precision=plan.precision,
            device=plan.device,
        )
        for config in configs
    ]
    batch_groups = _batch_groups(trainers, plan, train, lambda config: own_teachers.get(config.run, teacher))
    for config in configs:
        sink(RunStarted(config.run, config.student, config.seed))
    monitor = CohortMonitor(trainers, budget.updates, valid, sink, run_parallel, plan.metrics)
    longest = LONGEST_ROUND if all(trainer.single_threaded for trainer in trainers) else 1
    resuming = Resuming(keeper, _streams(batch_groups), monitor, conditions(plan.precision, plan.device))
    done = resuming.resume()
    with repeatable(plan.device):
        # A state may have been kept by others, in rounds of another length.
        for updates in _rounds(monitor.due(), longest, done):
            _open(checkpoint, resuming, updates.start)
            _round(batch_groups, updates, train, plan.device, monitor, run_parallel)
            monitor.report(updates.stop)
            if not any(map(monitor.is_active, trainers)):
                break
            resuming.keep(updates.stop)
    resuming.keep_whole(budget.updates)
    return monitor.finish()


def _open(checkpoint: Callable[[], None], resuming: Resuming, done: int) -> None:
    """Wait or end where the job should; what ends half trained is kept."""
    try:
        checkpoint()
    except Stopped:
        resuming.keep(done, now=True)
        raise


def _streams(batch_groups: Sequence[_BatchGroup]) -> dict[StudentTrainer, Stream]:
    """All students, each with the stream that it reads."""
    return {
        trainer: batch_group.stream
        for batch_group in batch_groups
        for peer_group in batch_group.peer_groups
        for trainer in peer_group
    }


def _rounds(due: Sequence[int], longest: int, first: int = 0) -> Iterator[range]:
    """The updates from ``first`` on, counted from 0, in ranges of at most ``longest`` that end at each number in
    ``due``."""
    for end in due:
        while first < end:
            last = min(end, first + longest)
            yield range(first, last)
            first = last


def _batch_groups(
    trainers: Sequence[StudentTrainer],
    plan: CohortConfig,
    train: Dataset,
    teacher_of: Callable[[StudentConfig], Teacher | None],
) -> tuple[_BatchGroup, ...]:
    configs = [trainer.config for trainer in trainers]
    eager = [config.student for config in configs if config.uses_teacher and teacher_of(config) is None]
    if eager:
        raise InvalidSetting(
            said("the method of {student!r}", eager[0]),
            expected="a teacher",
            got="none",
            hint="choose one, or another method",
        )
    readers: dict[tuple[int, bytes, int, bool], list[StudentTrainer]] = defaultdict(list)
    for trainer in trainers:
        config = trainer.config
        _check_mixing(config, plan)
        readers[config.seed, config.visible_M.tobytes(), id(teacher_of(config)), config.uses_mixup].append(trainer)
    batch_groups = []
    for (seed, _, _, mixes), group in readers.items():
        teacher = teacher_of(group[0].config)
        images = group[0].config.visible_M
        taught = any(trainer.config.uses_teacher for trainer in group)
        teacher_outputs = (
            teacher.outputs_for(train, images, mode=plan.mode, views=plan.views) if teacher and taught else None
        )
        stream = Stream(
            images,
            batch_size=plan.budget.batch_size,
            views=plan.views,
            mode=plan.mode,
            data_seed=plan.data_seed,
            seed=seed,
            mixes=mixes,
        )
        batch_groups.append(_BatchGroup(stream, _peer_groups(group), teacher_outputs))
    return tuple(batch_groups)


def _check_mixing(config: StudentConfig, plan: CohortConfig) -> None:
    if config.uses_mixup and plan.mode == "cached":
        expected, hint = "a teacher that looks at every batch", "choose the consistent mode"
        raise InvalidSetting(
            said("the method of {student!r}", config.student), expected=expected, got="cached answers", hint=hint
        )


def _peer_groups(readers: Sequence[StudentTrainer]) -> tuple[PeerGroup, ...]:
    """Groups of peers in their fixed order, each at the place of its first student; other students in groups of one."""
    there = {trainer.config.run: trainer for trainer in readers}
    peer_groups = dict.fromkeys(trainer.config.peers or (trainer.config.run,) for trainer in readers)
    missing = [run for peer_group in peer_groups for run in peer_group if run not in there]
    if missing:
        got, hint = said("none for {student!r}", missing[0]), "train peers in one cohort"
        raise InvalidSetting("peers", expected="all of them on one stream", got=got, hint=hint)
    return tuple(tuple(there[run] for run in peer_group) for peer_group in peer_groups)


def _is_single_threaded(peer_group: PeerGroup) -> bool:
    return all(trainer.single_threaded for trainer in peer_group)


def _round(
    batch_groups: Sequence[_BatchGroup],
    updates: range,
    train: Dataset,
    device: str,
    monitor: CohortMonitor,
    run_parallel: ParallelRunner,
) -> None:
    """Make these updates of all students, in portions whose teacher stages take at most ``MOST_HELD_BYTES``."""
    items: list[_WorkItem] = []
    held_bytes = 0
    for update in updates:
        for batch_group in batch_groups:
            readers = [
                trainer
                for peer_group in batch_group.peer_groups
                if any(map(monitor.is_active, peer_group))
                for trainer in peer_group
            ]
            if not readers:
                continue
            teacher_batch = _load_batch(batch_group, train, device, readers)
            held_bytes += teacher_batch.stages_bytes
            if items and held_bytes > MOST_HELD_BYTES:
                _run_steps(items, monitor, run_parallel)
                items.clear()
                held_bytes = teacher_batch.stages_bytes
            items.append((batch_group, update, teacher_batch))
    _run_steps(items, monitor, run_parallel)


def _run_steps(items: Sequence[_WorkItem], monitor: CohortMonitor, run_parallel: ParallelRunner) -> None:
    """Make the steps of these batches: a chain of steps for each group of peers."""
    chains: dict[PeerGroup, list[Callable[[], None]]] = defaultdict(list)
    for batch_group, update, teacher_batch in items:
        for peer_group in batch_group.peer_groups:
            chains[peer_group].append(partial(_step, peer_group, update, teacher_batch, monitor))
    run_serially([chain for peer_group, chain in chains.items() if not _is_single_threaded(peer_group)])
    run_parallel([chain for peer_group, chain in chains.items() if _is_single_threaded(peer_group)])


def _step(peer_group: PeerGroup, update: int, teacher_batch: TeacherBatch, monitor: CohortMonitor) -> None:
    if not all(map(monitor.is_active, peer_group)):
        return
    if len(peer_group) == 1:
        step_alone(peer_group[0], update, teacher_batch, monitor)
    else:
        step_peers(peer_group, update, teacher_batch, monitor)


def _load_batch(
    batch_group: _BatchGroup, train: Dataset, device: str, readers: Sequence[StudentTrainer]
) -> TeacherBatch:
    """The next batch of a stream on the device, with the teacher's outputs that the readers use."""
    batch = batch_group.stream.next()
    images_BCHW = moved(mixed(train.batch(batch.images_B, batch.views_B), batch.mixture), device)
    teacher_BC: Tensor | None = None
    taps: tuple[Tensor, ...] = ()
    if batch_group.teacher and any(trainer.config.features for trainer in readers):
        teacher_BC, taps = batch_group.teacher.logits_and_stages(batch, images_BCHW)
    elif batch_group.teacher and any(trainer.config.uses_teacher for trainer in readers):
        teacher_BC = batch_group.teacher.logits(batch, images_BCHW)
    return TeacherBatch(
        images_BCHW,
        None if teacher_BC is None else moved(teacher_BC, device),
        tuple(moved(tap, device) for tap in taps),
        moved(torch.from_numpy(train.batch_targets(batch.images_B, batch.views_B)), device),
        moved(torch.from_numpy(batch.images_B), device),
        batch.mixture is not None,
    )
