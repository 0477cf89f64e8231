"""The networks of one experiment, a cohort at a time: begun, trained, evaluated and stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from distill_core.errors import DistillError, ExportMismatch, InvalidSetting
from distill_core.events import RunFailed, RunStarted, Sink
from distill_core.experiment import Experiment
from distill_core.methods import Pair
from distill_core.pipeline.bench import Bench
from distill_core.pipeline.lineage import Teachers
from distill_core.pipeline.recipes import pair_of, recipe
from distill_core.pipeline.record import Curves, Diverged, Made, failed_run, finished_run
from distill_core.pipeline.runs import PlannedStudent
from distill_core.pipeline.stages import Stages
from distill_core.pipeline.starts import Begun, Starts
from distill_core.store import RunRecord
from distill_core.tasks import TaskData
from distill_core.training import Arithmetic, ImageBank, Plan, Trained, scened, train_cohort

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Trainer"]


@dataclass(frozen=True, slots=True)
class Trainer:
    """Begins, trains, evaluates and stores the networks of one experiment, a cohort at a time."""

    experiment: Experiment
    data: TaskData
    banks: Mapping[str, ImageBank]
    teachers: Teachers
    starts: Starts
    arithmetic: Arithmetic
    bench: Bench

    def run(
        self, part: Sequence[PlannedStudent], progress: Stages, names: tuple[str, str]
    ) -> Iterator[tuple[PlannedStudent, RunRecord]]:
        """Each network of the cohort with its record, as soon as that is stored.

        Raises: what the store raises for one of them, once the others are stored.
        """
        curves = Curves(progress.sink)
        begun: dict[str, Begun] = {}
        able = []
        for one in part:
            reason = self._begin(one, begun)
            if reason is None:
                able.append(begun[one.key].planned if one.key in begun else one)
            else:
                yield one, self._hopeless(one, reason, progress.sink)
        with progress.stage(names[0]):
            made = self._make(able, begun, curves)
        refused: list[DistillError] = []
        with progress.stage(names[1]) as step:
            for done, one in enumerate(able):
                step(done, len(able))
                self.bench.gate()
                try:
                    run = self._store(one, made[one.key], curves)
                except DistillError as error:  # the others are trained too, and may be stored
                    refused.append(error)
                    continue
                if run.state == "failed" and not isinstance(made[one.key], Diverged):  # of that the loop has told
                    progress.sink(RunFailed(one.key, str(run.message)))
                yield one, run
        if refused:
            raise refused[0]

    def _begin(self, one: PlannedStudent, begun: dict[str, Begun]) -> str | None:
        """Make the network that a student starts as; the reason, where it cannot begin."""
        reason = self.teachers.why_nobody(one) or self.starts.why_not(one)
        if reason or one.start_of is None:
            return reason
        self.bench.gate()
        try:
            begun[one.key] = self.starts.begin(one)
        except (InvalidSetting, ExportMismatch) as error:
            return str(error)
        return None

    def _make(
        self, able: Sequence[PlannedStudent], begun: Mapping[str, Begun], sink: Sink
    ) -> dict[str, Made | Diverged]:
        """Train who trains; the others are made already."""
        made: dict[str, Made | Diverged] = {}
        for one in able:
            if not one.trains:
                start = begun[one.key]
                sink(RunStarted(one.key, one.student.name, one.seed))
                made[one.key] = Made(network=start.network, updates=0, seconds=start.seconds, begun=start)
        training = [one for one in able if one.trains]
        for one, result in zip(training, self._train(training, begun, sink) if training else (), strict=True):
            made[one.key] = _made(result, begun.get(one.key))
        return made

    def _train(self, part: Sequence[PlannedStudent], begun: Mapping[str, Begun], sink: Sink) -> tuple[Trained, ...]:
        experiment = self.experiment
        banks = self._seen(part)
        self.teachers.only(part)
        labels_N: np.ndarray = self.data.train.labels_N
        recipes = [
            recipe(
                one,
                experiment.data_seed,
                labels_N,
                self._pair(one),
                begun[one.key].network if one.key in begun else None,
            )
            for one in part
        ]
        return train_cohort(
            recipes,
            Plan(
                budget=experiment.budget,
                optimiser=experiment.optimiser,
                mode=experiment.mode,
                views=experiment.views,
                data_seed=experiment.data_seed,
                arithmetic=self.arithmetic,
            ),
            train=banks["train"],
            valid=banks["valid"],
            teacher=self.teachers.first,
            sink=sink,
            gate=self.bench.gate,
            side_by_side=self.bench.side_by_side,
            own_teachers={one.key: self.teachers.of(one) for one in part if one.taught_by},
        )

    def _seen(self, part: Sequence[PlannedStudent]) -> Mapping[str, ImageBank]:
        """The images of a cohort: those of the task, or what a scene made of them."""
        scene, bank = part[0].student.scene, self.banks["train"]
        if scene is None:
            return self.banks
        name, seed = f"{scene.corruption} {scene.severity}", bank.data_seed
        return {
            which: ImageBank(bank.task, scened(split, scene, seed, which), data_seed=seed, scene=name)
            for which, split in (("train", self.data.train), ("valid", self.data.valid))
        }

    def _pair(self, one: PlannedStudent) -> Pair:
        if not one.features:
            return Pair()
        return pair_of(one.blueprint, one.teacher_blueprint, self.teachers.of(one).head)

    def _store(self, one: PlannedStudent, made: Made | Diverged, curves: Curves) -> RunRecord:
        if isinstance(made, Diverged):
            run = failed_run(one, made.reason, self.experiment, updates=made.updates, seconds=made.seconds)
            files: dict[str, bytes] = {}
        else:
            run, files = finished_run(one, made, self.experiment, self.data, self.banks)
        self.bench.store.save_run(run, curves=curves.of(one.key), files=files)
        return run

    def _hopeless(self, one: PlannedStudent, reason: str, sink: Sink) -> RunRecord:
        run = failed_run(one, reason, self.experiment)
        self.bench.store.save_run(run, curves=[], files={})
        sink(RunFailed(one.key, reason))
        return run


def _made(result: Trained, begun: Begun | None) -> Made | Diverged:
    if result.error is not None:
        return Diverged(reason=result.error, updates=result.updates, seconds=result.seconds)
    return Made(
        network=result.network,
        updates=result.updates,
        seconds=result.seconds,
        processor_seconds=result.processor_seconds,
        begun=begun,
    )
