"""How long a job takes: an estimate before it starts."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median, median_low

from distill_core.accelerator import ResolvedDevice, device_of
from distill_core.deployment.server_measurement import BATCH_SIZES, WAY_SECONDS
from distill_core.events import Sink
from distill_core.jobs.torch_import import is_torch_imported
from distill_core.machine import environment, is_small, resolve_precision
from distill_core.networks import Blueprint
from distill_core.planning.cohorts import EVALUATING, TRAINING, by_peer_group, is_step, split_into_cohorts, stage
from distill_core.planning.loop import BLOCK, VALID_POINTS
from distill_core.planning.machine_pace import BUILT_IN, MachinePace
from distill_core.planning.precomputed_logits import precomputed_logits_of
from distill_core.planning.progress import GETTING_READY, JUDGING, LOADING, MEASURING, JobProgress
from distill_core.planning.runs import PlannedRun
from distill_core.planning.stored_runs import StoredRuns
from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.planning.work import macs_by_run, macs_of, relative_cost, teacher_macs, trained_cost, trained_macs
from distill_core.spec import Budget, Experiment, Precision
from distill_core.store import JobState, Store, TrainingTime
from distill_core.tasks import Task

# Python's own work, whatever the network: to export and check a file, to import libraries, to read images.
EXPORT_SECONDS, LOAD_SECONDS, READ_SECONDS = 0.4, 4.0, 0.4
# Cores that a page and its visitor take meanwhile.
WATCHED_CORES = 0.4
# The newest jobs that tell a pace; those of a device are looked for among more, since others may be of the CPU.
PACE_JOBS, DEVICE_JOBS = 5, 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """The duration of a job on a machine that does nothing else, from what is known before it starts.

    ``stored``: the plan, and the runs and latencies of it that need not be made again. ``slowness``: how many times as
    long as ``machine`` says trainings took here (``speed_factor``). ``device_slowness``: the same of trainings on the
    experiment's device where that is not the CPU (``device_factor``); None before the first, and the CPU's pace stands
    in.
    """

    stored: StoredRuns
    task: Task
    machine: MachinePace = BUILT_IN
    slowness: float = 1.0
    device_slowness: float | None = None

    @property
    def pace_known(self) -> bool:
        """Whether the pace of the device that trains was measured."""
        return self.machine.measured if self._on_cpu else self.device_slowness is not None

    @property
    def seconds(self) -> float:
        """Seconds of the whole job, without what is stored."""
        return sum(self.stages().values())

    def progress(self, sink: Sink, clock: Callable[[], float] = time.monotonic) -> JobProgress:
        """The progress of a job with these stages, which passes its events on to ``sink``."""
        return JobProgress(self.stages(), sink, clock)

    def training_seconds(self, run: PlannedRun) -> float:
        """Seconds that a network takes for the budget on as many threads as it steps on; 0 where it is not trained."""
        if not run.trains:
            return 0.0
        steps = self._steps(self._experiment.budget, macs_of(run.blueprint))
        return self._slowness * relative_cost(run.blueprint) * steps

    def stages(self) -> dict[str, float]:
        """Seconds of each stage of the job, by its title."""
        missing, macs = self.stored.missing, macs_by_run(self.stored.plan.runs)
        shared, training = (slowness * _watched(self.machine) for slowness in (self.slowness, self._slowness))
        seconds = {
            LOADING: READ_SECONDS if is_torch_imported() else LOAD_SECONDS,
            GETTING_READY: READ_SECONDS + training * self._teacher_seconds(),
        }
        if not self._is_stored(self._teacher):
            seconds[JUDGING] = shared * self._scoring_seconds(teacher_macs(self._teacher), self._teacher.blueprint)
        parts = split_into_cohorts(missing, self._experiment)
        for place, part in enumerate(parts):
            together = [run for run in missing if run.level == part[0].level and run.trains]
            work = self._cohort_seconds(together, macs) + self._teaching_seconds(together)
            trained = sum(run.trains for run in part)
            seconds[stage(TRAINING, parts, place)] = training * work * trained / max(1, len(together))
            seconds[stage(EVALUATING, parts, place)] = shared * sum(
                self._scoring_seconds(macs[run.key], run.blueprint) for run in part
            )
            if is_step(part):
                graphs = {run.blueprint for run in part}
                seconds[stage(MEASURING, parts, place)] = self._latency_seconds(len(graphs))
        # A single step is measured under the same bare name.
        seconds[MEASURING] = seconds.get(MEASURING, 0.0) + self._measuring_seconds(parts)
        return seconds

    @property
    def _on_cpu(self) -> bool:
        return device_of(self._experiment) == "cpu"

    @property
    def _slowness(self) -> float:
        """That of the device that trains."""
        return self.slowness if self.device_slowness is None else self.device_slowness

    @property
    def _experiment(self) -> Experiment:
        return self.stored.plan.experiment

    @property
    def _teacher(self) -> ResolvedTeacher:
        return self.stored.plan.teacher

    def _is_stored(self, teacher: ResolvedTeacher) -> bool:
        return teacher.fingerprint in self.stored.teachers

    def _steps(self, budget: Budget, macs: int) -> float:
        return _steps(budget.updates, macs, budget.batch_size, self._experiment.precision, self.machine)

    def _latency_seconds(self, graphs: int) -> float:
        """Each graph is timed on one thread, and on all where there are more."""
        return WAY_SECONDS * len(BATCH_SIZES) * min(2, self.machine.threads) * graphs

    def _measuring_seconds(self, parts: Sequence[Sequence[PlannedRun]]) -> float:
        """The last stage: what no step of a chain has measured on the way, then all in one round."""
        runs, students, latencies = self.stored.plan.runs, self.stored.students, self.stored.latencies
        measured = {run.blueprint for run in runs if students[run.key] is not None and not run.start_of}
        graphs = {run.blueprint for run in self.stored.missing if run.start_of or run.blueprint not in measured}
        steps = {run.blueprint for part in parts if is_step(part) for run in part}
        waiting = len(graphs - steps) + latencies.waiting
        waiting += self._teacher.blueprint is not None and not self._is_stored(self._teacher)
        again = waiting or steps or not latencies.one_round
        return self._latency_seconds(waiting) + (WAY_SECONDS * (len(steps) + latencies.measured) if again else 0.0)

    def _scoring_seconds(self, macs: int, blueprint: Blueprint | None) -> float:
        """A network is run on all validation and test images, and exported."""
        counts = self.task.counts
        forward = self.machine.forward_seconds(counts.valid + counts.test, macs)
        return EXPORT_SECONDS + relative_cost(blueprint) * forward

    def _cohort_seconds(self, runs: Sequence[PlannedRun], macs: Mapping[str, int]) -> float:
        """Small networks train side by side, a thread each (one for a group of peers); large ones, and all on a device
        beside the CPU, one after another."""
        budget = self._experiment.budget
        groups = [
            (
                sum(relative_cost(run.blueprint) * self._member_seconds(budget, macs[run.key]) for run in peers),
                all(is_small(macs[run.key], budget.batch_size) for run in peers),
            )
            for peers in by_peer_group(runs)
        ]
        small = [seconds for seconds, is_quick in groups if is_quick]
        large = sum(seconds for seconds, is_quick in groups if not is_quick)
        return large + sum(small) / max(1, min(len(small), self.machine.threads if self._on_cpu else 1))

    def _member_seconds(self, budget: Budget, macs: int) -> float:
        """The updates of one network, with the evaluations on validation images between them."""
        images = min(VALID_POINTS, budget.updates) * self.task.counts.valid
        small = is_small(macs, budget.batch_size)
        return self._steps(budget, macs) + self.machine.forward_seconds(images, macs, small=small)

    def _teacher_seconds(self) -> float:
        """The training of the teacher, or of those members of an ensemble that are not stored."""
        if self._is_stored(self._teacher):
            return 0.0
        return sum(
            relative_cost(member.blueprint) * self._member_seconds(member.choice.training, teacher_macs(member))
            for member in self._teacher.members or (self._teacher,)
            if member.choice.training is not None and not self._is_stored(member)
        )

    def _teaching_seconds(self, runs: Sequence[PlannedRun]) -> float:
        """The passes of teachers: once over each set of images for all seeds, unless these logits are precomputed; at
        every batch of each stream where logits cannot be cached."""
        experiment, budget = self._experiment, self._experiment.budget
        precomputed = bool(precomputed_logits_of(experiment))
        taught = [(run, _runs_every_batch(run, experiment)) for run in runs if run.uses_teacher]
        live = {
            (run.taught_by, run.teacher_blueprint, _visible(run), run.uses_mixup, run.seed)
            for run, every_batch in taught
            if every_batch
        }
        cached = {
            (run.taught_by, run.teacher_blueprint, _visible(run))
            for run, every_batch in taught
            if not every_batch and not (precomputed and run.taught_by is None)
        }
        passes: list[tuple[float, Blueprint | None]] = [
            (budget.updates * budget.batch_size, blueprint) for _, blueprint, *_ in live
        ]
        passes += [(self._cached_images(size), blueprint) for _, blueprint, (size, _) in cached]
        precision = resolve_precision(experiment.precision)
        return sum(
            relative_cost(blueprint)
            * self.machine.teacher_seconds(
                images, macs_of(blueprint) if blueprint else self._teacher.macs, precision=precision
            )
            for images, blueprint in passes
        )

    def _cached_images(self, size: int | None) -> float:
        """Images of a set of ``size`` (None: all) that a teacher is run on: whole blocks of the drawn views."""
        size, budget = size or self.task.counts.train, self._experiment.budget
        blocks = self._experiment.views * math.ceil(size / BLOCK)
        touched = blocks * (1 - math.exp(-budget.updates * budget.batch_size / blocks))
        return touched * min(size, BLOCK)


def speed_factor(store: Store, machine: MachinePace = BUILT_IN) -> float:
    """How many times as long as ``machine`` says the training of the newest runs took here; 1 before the first.

    It compares processor time, so that a busy afternoon does not lengthen the next estimate. Runs from before that was
    counted have a vote only where nothing else is known of this machine.
    """
    newest = store.jobs(limit=PACE_JOBS, states=[JobState.FINISHED])
    times = [store.training_times([job.id], environment()) for job in newest]
    factors = [[factor for time in job if (factor := _processor_factor(time, machine))] for job in times]
    jobs = [median(job) for job in factors if job]
    if not jobs and not machine.measured:
        # How busy this machine was then is not known, but all the rest is a guess.
        jobs = [median(_clock_factor(time, machine) for time in job) for job in times if job]
    return slowness_of(jobs, measured=machine.measured)


def device_factor(store: Store, device: ResolvedDevice, machine: MachinePace = BUILT_IN) -> float | None:
    """How many times as long as ``machine`` says of the CPU the training of the newest runs on another device of this
    machine took, by the clock, since a device's work takes no processor time; None before the first."""
    newest = store.jobs(limit=DEVICE_JOBS, states=[JobState.FINISHED])
    times = (store.training_times([job.id], environment(device)) for job in newest)
    jobs = [median(_clock_factor(time, machine) for time in job) for job in islice(filter(None, times), PACE_JOBS)]
    return median_low(jobs) if jobs else None


def slowness_of(jobs: Sequence[float], *, measured: bool) -> float:
    """The median of the factors of the newest jobs, within 0.1 and 20; 1 without any.

    A pace that was ``measured`` counts as a job with factor 1, so that a single job that other programs slowed down
    changes nothing.
    """
    votes = [*jobs, 1.0] if measured else jobs
    return min(20.0, max(0.1, median_low(votes))) if votes else 1.0


def _processor_factor(time: TrainingTime, machine: MachinePace) -> float | None:
    """How many times as much processor time a training took as expected; None where that is not known."""
    return None if time.processor_seconds is None else time.processor_seconds / _expected_seconds(time, machine)


def _clock_factor(time: TrainingTime, machine: MachinePace) -> float:
    """How many times as long a training took by the clock."""
    return time.seconds / (_watched(machine) * _expected_seconds(time, machine))


def _expected_seconds(time: TrainingTime, machine: MachinePace) -> float:
    return trained_cost(time) * _steps(time.updates, trained_macs(time), time.batch_size, "auto", machine)


def _steps(updates: int, macs: int, batch_size: int, precision: Precision, machine: MachinePace) -> float:
    small = is_small(macs, batch_size)
    return updates * machine.step_seconds(macs, batch_size, small=small, precision=resolve_precision(precision))


def _watched(machine: MachinePace) -> float:
    """How many times as long everything takes while a visitor looks at a page."""
    return machine.threads / (machine.threads - min(WATCHED_CORES, machine.threads / 2))


def _visible(run: PlannedRun) -> tuple[int | None, int | None]:
    """The number of images in a run's stream (None: all), and the class that is missing among them."""
    return run.student.labels if run.student.transfer == "labelled" else None, run.missing_index


def _runs_every_batch(run: PlannedRun, experiment: Experiment) -> bool:
    """Whether the teacher runs on every batch: features and mixtures are not cached."""
    return experiment.mode == "consistent" or run.features or run.uses_mixup
