"""How long a job takes: a guess before it starts."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median, median_low

from distill_core.compression import STEPS
from distill_core.deployment.server_measurement import BATCH_SIZES, WAY_SECONDS, StoredLatencies
from distill_core.events import Sink
from distill_core.jobs.torch_import import is_torch_imported
from distill_core.machine import environment, is_small, resolve_precision
from distill_core.networks import Blueprint, profile
from distill_core.planning.cohorts import EVALUATING, TRAINING, by_peer_group, is_step, split_into_cohorts, stage
from distill_core.planning.loop import BLOCK, VALID_POINTS
from distill_core.planning.machine_pace import BUILT_IN, MachinePace
from distill_core.planning.precomputed_logits import precomputed_logits_of
from distill_core.planning.progress import GETTING_READY, JUDGING, LOADING, MEASURING, JobProgress
from distill_core.planning.runs import PlannedRun
from distill_core.planning.teacher import ResolvedTeacher
from distill_core.spec import Experiment, Precision, TrainedTeacher
from distill_core.store import JobState, RunRecord, Store, TrainingTime
from distill_core.tasks import TASKS

# Python's own work, whatever the network: a file is written and held against torch; libraries come in; images are read.
EXPORT_SECONDS, LOAD_SECONDS, READ_SECONDS = 0.4, 4.0, 0.4
# Who looks at a page, and the page itself, take so much of one core meanwhile.
WATCHED_CORES = 0.4
PACE_JOBS = 5
TYPICAL_MACS = 2_500_000
# A stored run by its fingerprint.
FindRun = Callable[[str], RunRecord | None]
NOT_MEASURED = StoredLatencies()


def _nobody(_fingerprint: str) -> None:
    """Nothing is stored."""


def stages(
    experiment: Experiment,
    teacher: ResolvedTeacher,
    planned: Sequence[PlannedRun],
    there: Mapping[str, RunRecord | None],
    sink: Sink,
    slowness: float,
    find_run: FindRun = _nobody,
    machine: MachinePace = BUILT_IN,
    latencies: StoredLatencies = NOT_MEASURED,
    clock: Callable[[], float] = time.monotonic,
) -> JobProgress:
    """The stages of a job that passes its events on to ``sink``; the rest as for ``expected_seconds``."""
    return JobProgress(
        _expected(experiment, teacher, planned, there, slowness, find_run, machine, latencies), sink, clock
    )


def expected_seconds(
    experiment: Experiment,
    teacher: ResolvedTeacher,
    planned: Sequence[PlannedRun],
    there: Mapping[str, RunRecord | None],
    slowness: float = 1.0,
    find_run: FindRun = _nobody,
    machine: MachinePace = BUILT_IN,
    latencies: StoredLatencies = NOT_MEASURED,
) -> float:
    """Seconds of the whole job on a machine that does nothing else, without what is stored already: students in
    ``there``, teachers by ``find_run`` of their fingerprints; ``latencies`` are those of both, ``slowness`` is that of
    ``speed_factor``."""
    return sum(_expected(experiment, teacher, planned, there, slowness, find_run, machine, latencies).values())


def speed_factor(store: Store, machine: MachinePace = BUILT_IN) -> float:
    """How many times as long as ``machine`` says the training of the newest runs took here; 1 before the first.

    In processor time: a busy afternoon does not lengthen the next estimate. What was trained before that was counted
    has a say only where nothing else tells of this machine.
    """
    newest = store.jobs(limit=PACE_JOBS, states=[JobState.FINISHED])
    times = [store.training_times([job.id], environment()) for job in newest]
    worked = [[slow for one in some if (slow := _slowness(one, machine))] for some in times]
    jobs = [median(found) for found in worked if found]
    if not jobs and not machine.measured:
        # How busy this machine was then is not known, but all the rest is a guess.
        jobs = [median(_lasted(one, machine) for one in some) for some in times if some]
    return slowness_of(jobs, measured=machine.measured)


def slowness_of(jobs: Sequence[float], *, measured: bool) -> float:
    """Of so many times as long in each of the newest jobs the middle one, within 0.1 and 20; 1 without any.

    What was ``measured`` counts as a job that took as long as it says: a single job that other programs slowed down
    changes nothing.
    """
    votes = [*jobs, 1.0] if measured else jobs
    return min(20.0, max(0.1, median_low(votes))) if votes else 1.0


def _slowness(one: TrainingTime, machine: MachinePace) -> float | None:
    """How many times as much processor time a training took as expected; None where that is not known."""
    return None if one.processor_seconds is None else one.processor_seconds / _planned(one, machine)


def _lasted(one: TrainingTime, machine: MachinePace) -> float:
    """How many times as long a training took by the clock."""
    return one.seconds / (_watched(machine) * _planned(one, machine))


def _planned(one: TrainingTime, machine: MachinePace) -> float:
    # As the plan expects: with the same typical size on both sides, as long as torch is not there to count.
    return _steps(one.updates, one.macs if is_torch_imported() else TYPICAL_MACS, one.batch_size, "auto", machine)


def training_seconds(experiment: Experiment, blueprint: Blueprint, machine: MachinePace = BUILT_IN) -> float:
    """Seconds that one network takes for the budget on as many threads as it steps on."""
    budget = experiment.budget
    return _steps(budget.updates, _macs(blueprint), budget.batch_size, experiment.precision, machine)


def _steps(updates: int, macs: int, batch_size: int, precision: Precision, machine: MachinePace) -> float:
    small = is_small(macs, batch_size)
    return updates * machine.step_seconds(macs, batch_size, small=small, precision=resolve_precision(precision))


def _expected(
    experiment: Experiment,
    teacher: ResolvedTeacher,
    planned: Sequence[PlannedRun],
    there: Mapping[str, RunRecord | None],
    slowness: float,
    find_run: FindRun,
    machine: MachinePace,
    latencies: StoredLatencies,
) -> dict[str, float]:
    missing = [one for one in planned if there.get(one.key) is None]
    macs = _macs_of(planned)
    stored = {one.blueprint for one in planned if there.get(one.key) is not None and not one.start_of}
    graphs = {one.blueprint for one in missing if one.start_of or one.blueprint not in stored}
    shared = slowness * _watched(machine)
    found = {
        LOADING: READ_SECONDS if is_torch_imported() else LOAD_SECONDS,
        GETTING_READY: READ_SECONDS + shared * _teacher_seconds(experiment, teacher, find_run, machine),
    }
    if find_run(teacher.fingerprint) is None:
        found[JUDGING] = shared * _answers_seconds(experiment, _macs(teacher.blueprint), machine)
    parts = split_into_cohorts(missing, experiment)
    for place, part in enumerate(parts):
        together = [one for one in missing if one.level == part[0].level and one.trains]
        work = _steps_seconds(experiment, together, macs, machine) + _passes_seconds(experiment, together, machine)
        found[stage(TRAINING, parts, place)] = shared * work * _trained(part) / max(1, len(together))
        evaluated = [_answers_seconds(experiment, macs[one.key], machine) for one in part]
        found[stage(EVALUATING, parts, place)] = shared * sum(evaluated)
        if is_step(part):
            found[stage(MEASURING, parts, place)] = _graph_seconds(machine) * len({one.blueprint for one in part})
    rungs = {one.blueprint for part in parts if is_step(part) for one in part}
    waiting = len(graphs - rungs) + latencies.waiting + (find_run(teacher.fingerprint) is None)
    # A single step is measured under the same bare name.
    found[MEASURING] = found.get(MEASURING, 0.0) + _graph_seconds(machine) * waiting
    if waiting or rungs or not latencies.one_round:  # those who are measured are so once more, beside the others
        found[MEASURING] += WAY_SECONDS * (len(rungs) + latencies.measured)
    return found


def _graph_seconds(machine: MachinePace) -> float:
    """One graph on one thread and on all, where there are more."""
    return WAY_SECONDS * len(BATCH_SIZES) * min(2, machine.threads)


def _watched(machine: MachinePace) -> float:
    """How many times as long everything takes while somebody looks at a page."""
    return machine.threads / (machine.threads - min(WATCHED_CORES, machine.threads / 2))


def _answers_seconds(experiment: Experiment, macs: int, machine: MachinePace) -> float:
    """What a network says about validation and test images, and its file."""
    task = TASKS.get(experiment.task)
    return EXPORT_SECONDS + machine.look_seconds(task.counts.valid + task.counts.test, macs)


def _trained(part: Sequence[PlannedRun]) -> int:
    return sum(one.trains for one in part)


def _steps_seconds(
    experiment: Experiment, missing: Sequence[PlannedRun], macs: Mapping[str, int], machine: MachinePace
) -> float:
    """Small networks train side by side, a thread each (one for all who teach each other); the others one after
    another, on all threads. Validation images are looked at on the way."""
    size = experiment.budget.batch_size
    each = [
        (
            sum(_member_seconds(experiment, macs[one.key], machine) for one in peer_group),
            all(is_small(macs[one.key], size) for one in peer_group),
        )
        for peer_group in by_peer_group(missing)
    ]
    small = [seconds for seconds, quick in each if quick]
    large = sum(seconds for seconds, quick in each if not quick)
    return large + sum(small) / max(1, min(len(small), machine.threads))


def _member_seconds(experiment: Experiment, macs: int, machine: MachinePace) -> float:
    budget, images = experiment.budget, TASKS.get(experiment.task).counts.valid
    looks = min(VALID_POINTS, budget.updates)
    small = is_small(macs, budget.batch_size)
    trained = _steps(budget.updates, macs, budget.batch_size, experiment.precision, machine)
    return trained + machine.look_seconds(looks * images, macs, small=small)


def _teacher_seconds(
    experiment: Experiment, teacher: ResolvedTeacher, find_run: FindRun, machine: MachinePace
) -> float:
    """Until it is there: made where it must be."""
    if find_run(teacher.fingerprint) is not None:
        return 0.0
    return sum(_making_seconds(experiment, member, find_run, machine) for member in teacher.members or (teacher,))


def _making_seconds(experiment: Experiment, teacher: ResolvedTeacher, find_run: FindRun, machine: MachinePace) -> float:
    if find_run(teacher.fingerprint) is not None or not isinstance(teacher.choice, TrainedTeacher):
        return 0.0
    alone = experiment.model_copy(update={"budget": teacher.choice.budget})
    return _member_seconds(alone, _macs(teacher.blueprint), machine)


def _passes_seconds(experiment: Experiment, missing: Sequence[PlannedRun], machine: MachinePace) -> float:
    """Who teaches looks once at each set of images, for all seeds; what the experiment's teacher says of them may be
    recorded. Where it looks at every batch, it does so for each stream."""
    recorded = bool(precomputed_logits_of(experiment))
    taught = [one for one in missing if one.uses_teacher]
    live = {
        (one.taught_by, one.teacher_blueprint, _set(one), one.uses_mixup, one.seed)
        for one in taught
        if _asks_every_batch(one, experiment)
    }
    kept = {
        (one.taught_by, one.teacher_blueprint, _set(one))
        for one in taught
        if not _asks_every_batch(one, experiment) and not (recorded and one.taught_by is None)
    }
    drawn = experiment.budget.updates * experiment.budget.batch_size
    looks: list[tuple[float, Blueprint]] = [(drawn, blueprint) for _, blueprint, *_ in live]
    looks += [(_looked_at(experiment, size), blueprint) for _, blueprint, (size, _) in kept]
    own = resolve_precision(experiment.precision)
    return sum(machine.teacher_seconds(images, _macs(blueprint), precision=own) for images, blueprint in looks)


def _set(one: PlannedRun) -> tuple[int | None, int | None]:
    """How many images its stream goes over (None: all), and the class that is not among them."""
    return one.student.labels if one.student.transfer == "labelled" else None, one.missing_index


def _asks_every_batch(one: PlannedRun, experiment: Experiment) -> bool:
    """Stages are not kept, and mixtures are new each time."""
    return experiment.mode == "consistent" or one.features or one.uses_mixup


def _looked_at(experiment: Experiment, size: int | None) -> float:
    """Images that the teacher looks at for one set of so many: whole blocks of the views that are drawn."""
    size = size or TASKS.get(experiment.task).counts.train
    cells = experiment.views * math.ceil(size / BLOCK)
    touched = cells * (1 - math.exp(-experiment.budget.updates * experiment.budget.batch_size / cells))
    return touched * min(size, BLOCK)


def _macs_of(planned: Sequence[PlannedRun]) -> dict[str, int]:
    """The multiply-accumulates of each run by its key; of a network that a step is still to shrink the share that the
    step should leave, and so of all that start as it."""
    shares: dict[str, float] = {}
    for one in sorted(planned, key=lambda one: one.level):
        shares[one.key] = shares.get(one.start_of or "", 1.0) * _left(one)
    return {one.key: round(shares[one.key] * _macs(one.blueprint)) for one in planned}


def _left(one: PlannedRun) -> float:
    change = one.student.start.change if one.student.start else None
    step = STEPS.get(change.step) if change else None
    if change is None or step is None or step.shrinks is None:
        return 1.0
    return change.parameters.get(step.shrinks, step.parameters[step.shrinks])


def _macs(blueprint: Blueprint) -> int:
    # Counting asks torch for the network's shapes; a page that has not loaded torch yet does not wait for it.
    return profile(blueprint).macs if is_torch_imported() else TYPICAL_MACS
