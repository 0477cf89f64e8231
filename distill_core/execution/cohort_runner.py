"""Runs the cohorts of an experiment: initialises, trains, evaluates and stores their networks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from distill_core.accelerator import device_of
from distill_core.errors import DistillError, ExportMismatch, InvalidSetting
from distill_core.events import RunFailed, RunStarted, Sink
from distill_core.execution.context import JobContext
from distill_core.execution.half_trained import Kept
from distill_core.execution.initial_networks import InitializedStudent, InitialNetworks
from distill_core.execution.losses import student_config
from distill_core.execution.records import CurveRecorder, TrainedNetwork, failed_run, finished_run
from distill_core.execution.teacher_pool import TeacherPool
from distill_core.machine import ResolvedPrecision
from distill_core.methods import FeatureShapes
from distill_core.methods.feature_shapes import pair_of
from distill_core.planning.progress import JobProgress
from distill_core.planning.runs import PlannedRun
from distill_core.robustness.corrupted_data import corrupted_part
from distill_core.spec import Experiment
from distill_core.store import RunRecord
from distill_core.tasks import Dataset, Task
from distill_core.training.cohort import CohortConfig, train_cohort
from distill_core.training.monitor import Trained


@dataclass(frozen=True, slots=True)
class CohortRunner:
    """Initialises, trains, evaluates and stores the networks of one experiment, a cohort at a time. The constructor
    raises nothing and reads nothing; ``datasets`` are those of "train", "valid" and "test"."""

    job_id: str
    experiment: Experiment
    task: Task
    datasets: Mapping[str, Dataset]
    teachers: TeacherPool
    initial_networks: InitialNetworks
    precision: ResolvedPrecision
    context: JobContext

    def run(
        self, part: Sequence[PlannedRun], progress: JobProgress, names: tuple[str, str]
    ) -> Iterator[tuple[PlannedRun, RunRecord]]:
        """Yield each network of the cohort with its record, as soon as it is stored.

        Raises: the first error of the store, once the other networks are stored.
        """
        curves = CurveRecorder(progress.sink)
        initialized: dict[str, InitializedStudent] = {}
        able = []
        for planned in part:
            reason = self._begin(planned, initialized)
            if reason is None:
                able.append(initialized[planned.key].planned if planned.key in initialized else planned)
            else:
                yield planned, self._store_failed(planned, reason, progress.sink)
        with progress.stage(names[0]):
            made = self._make(able, initialized, curves)
        refused: list[DistillError] = []
        with progress.stage(names[1]) as step:
            for done, planned in enumerate(able):
                step(done, len(able))
                self.context.checkpoint()
                try:
                    run = self._store(planned, made[planned.key], curves)
                except DistillError as error:  # the other trained networks can still be stored
                    refused.append(error)
                    continue
                if run.state == "failed" and made[planned.key].error is None:  # the loop reported those
                    progress.sink(RunFailed(planned.key, run.message or ""))
                yield planned, run
        if refused:
            raise refused[0]
        self.context.store.half_trained.remove([planned.fingerprint for planned in able if planned.trains])

    def _begin(self, planned: PlannedRun, initialized: dict[str, InitializedStudent]) -> str | None:
        """Make a student's initial network; returns the reason where that is impossible."""
        reason = self.teachers.unavailable_reason(planned) or self.initial_networks.unavailable_reason(planned)
        if reason or planned.start_of is None:
            return reason
        self.context.checkpoint()
        try:
            initialized[planned.key] = self.initial_networks.initialize(planned)
        except (InvalidSetting, ExportMismatch) as error:
            return error.text
        return None

    def _make(
        self, able: Sequence[PlannedRun], initialized: Mapping[str, InitializedStudent], sink: Sink
    ) -> dict[str, TrainedNetwork]:
        """Train the students of a cohort; an untrained student keeps its initial network."""
        made: dict[str, TrainedNetwork] = {}
        for planned in able:
            if not planned.trains:
                start = initialized[planned.key]
                sink(RunStarted(planned.key, planned.student.name, planned.seed))
                made[planned.key] = TrainedNetwork(
                    network=start.network, updates=0, seconds=start.seconds, initialized=start
                )
        training = [planned for planned in able if planned.trains]
        for planned, result in zip(training, self._train(training, initialized, sink) if training else (), strict=True):
            made[planned.key] = TrainedNetwork(
                network=result.network,
                updates=result.updates,
                seconds=result.seconds,
                processor_seconds=result.processor_seconds,
                error=result.error,
                initialized=initialized.get(planned.key),
            )
        return made

    def _train(
        self, part: Sequence[PlannedRun], initialized: Mapping[str, InitializedStudent], sink: Sink
    ) -> tuple[Trained, ...]:
        experiment = self.experiment
        datasets = self._seen(part)
        train, strata_N = datasets["train"], self.task.strata(datasets["train"])
        self.teachers.evict_except(part)
        configs = [
            student_config(
                planned,
                experiment.data_seed,
                strata_N,
                self._pair(planned),
                initialized[planned.key].network if planned.key in initialized else None,
                labels_N=train.targets,
            )
            for planned in part
        ]
        return train_cohort(
            configs,
            CohortConfig(
                budget=experiment.budget,
                optimiser=experiment.optimiser,
                mode=experiment.mode,
                views=experiment.views,
                data_seed=experiment.data_seed,
                precision=self.precision,
                device=device_of(experiment),
                metrics=self.task.metrics,
            ),
            train=train,
            valid=datasets["valid"],
            teacher=self.teachers.first,
            sink=sink,
            checkpoint=self.context.checkpoint,
            run_parallel=self.context.run_parallel,
            own_teachers={planned.key: self.teachers.teacher_of(planned) for planned in part if planned.taught_by},
            keeper=self._kept(part),
        )

    def _kept(self, part: Sequence[PlannedRun]) -> Kept:
        names = {planned.key: planned.fingerprint for planned in part}
        return Kept(self.context.store.half_trained, names, self.job_id)

    def _seen(self, part: Sequence[PlannedRun]) -> Mapping[str, Dataset]:
        """The examples of a cohort: those of the task, corrupted where its students train on a corruption."""
        scene, seed = part[0].student.scene, self.experiment.data_seed
        if scene is None:
            return self.datasets
        name = f"{scene.corruption} {scene.severity}"
        corrupted = {
            part: corrupted_part(self.task, self.datasets[part].part, scene, seed, part)  # type: ignore[attr-defined]
            for part in ("train", "valid")
        }
        return {
            part: self.task.dataset(self.task, found, data_seed=seed, scene=name) for part, found in corrupted.items()
        }

    def _pair(self, planned: PlannedRun) -> FeatureShapes:
        if not planned.features:
            return FeatureShapes()
        teacher = planned.teacher_blueprint or planned.teacher_stages
        return pair_of(planned.blueprint, teacher, self.teachers.teacher_of(planned).head)

    def _store(self, planned: PlannedRun, made: TrainedNetwork, curves: CurveRecorder) -> RunRecord:
        if made.error is not None:
            run = failed_run(planned, made.error, self.experiment, updates=made.updates, seconds=made.seconds)
            files: dict[str, bytes] = {}
        else:
            run, files = finished_run(planned, made, self.experiment, self.task, self.datasets)
        self.context.store.save_run(run, curves=curves.of(planned.key), files=files)
        return run

    def _store_failed(self, planned: PlannedRun, reason: str, sink: Sink) -> RunRecord:
        run = failed_run(planned, reason, self.experiment)
        self.context.store.save_run(run, curves=[], files={})
        sink(RunFailed(planned.key, reason))
        return run
