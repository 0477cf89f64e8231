"""Tracks a cohort: failed students, seconds per student, events to emit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from distill_core import events, said
from distill_core.errors import TrainingDiverged
from distill_core.events import Event, GradientPoint, Progress, RunFailed, Sink, TrainPoint, ValidPoint
from distill_core.jobs.runners import ParallelRunner, run_serially
from distill_core.lazy_torch import nn
from distill_core.planning.loop import VALID_POINTS
from distill_core.tasks import Dataset
from distill_core.tasks.base import Metrics
from distill_core.training.device import moved
from distill_core.training.student import StudentConfig, StudentTrainer

LOSS_POINTS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Trained:
    """A student at its last update, its network on the CPU. ``error``: the reason why it ended early, and then the
    network is not used; else None. ``processor_seconds``: the processor time within ``seconds`` of the thread that
    steps, which other programs do not change."""

    config: StudentConfig
    network: nn.Module
    updates: int
    seconds: float
    processor_seconds: float
    error: str | None


class CohortMonitor:
    """Tracks the active students: adds up their seconds, evaluates them, and sends their events to the sink."""

    def __init__(
        self,
        trainers: Sequence[StudentTrainer],
        updates: int,
        valid: Dataset,
        sink: Sink,
        run_parallel: ParallelRunner,
        metrics: Metrics,
    ) -> None:
        self._trainers = trainers
        self._updates = updates
        self._valid = valid
        self._metrics = metrics
        self._sink = sink
        self._told: dict[str, list[Event]] = defaultdict(list)  # the points of its curves so far, by run
        self._run_parallel = run_parallel
        self._errors: dict[str, tuple[int, str]] = {}
        self._seconds: dict[str, float] = defaultdict(float)
        self._processor_seconds: dict[str, float] = defaultdict(float)

    def is_active(self, trainer: StudentTrainer) -> bool:
        return trainer.config.run not in self._errors

    def fail(self, trainer: StudentTrainer, update: int, message: str) -> None:
        self._errors[trainer.config.run] = (update, message)
        self._sink(RunFailed(trainer.config.run, message))

    def _tell(self, event: TrainPoint | GradientPoint | ValidPoint) -> None:
        self._told[event.run].append(event)
        self._sink(event)

    def state(self, trainer: StudentTrainer) -> dict[str, Any]:
        """What is known of a student, as JSON can hold it."""
        run = trainer.config.run
        update, message = self._errors.get(run, (0, None))
        return {
            "failed": message and {"update": update, "message": str(message), "said": said.to_json(message)},
            "seconds": self._seconds[run],
            "processor_seconds": self._processor_seconds[run],
            "told": [events.to_json(event) for event in self._told[run]],
        }

    def restore(self, trainer: StudentTrainer, state: dict[str, Any]) -> None:
        """Take over what was known of a student, and send its events again."""
        run, failed = trainer.config.run, state["failed"]
        self._seconds[run], self._processor_seconds[run] = state["seconds"], state["processor_seconds"]
        for told in state["told"]:
            self._tell(replace(events.of_json(told), run=run))  # type: ignore[arg-type]
        if failed:
            self.fail(trainer, failed["update"], said.from_json(failed["message"], failed["said"]))

    def resumed(self, update: int) -> None:
        """Send how far a cohort is that goes on."""
        self._sink(Progress("Training", update, self._updates))

    def add_seconds(self, trainer: StudentTrainer, seconds: float, processor_seconds: float) -> None:
        self._seconds[trainer.config.run] += seconds
        self._processor_seconds[trainer.config.run] += processor_seconds

    def due(self) -> tuple[int, ...]:
        """The numbers of updates after which ``report`` has something to send, the last update included."""
        return tuple(
            update for update in range(1, self._updates + 1) if self._logs_at(update) or self._evaluates_at(update)
        )

    def report(self, update: int) -> None:
        """Send the events that are due after ``update`` updates."""
        if update == self._updates:
            self._check()
        if self._logs_at(update):
            for trainer in filter(self.is_active, self._trainers):
                for seen_at, values in trainer.take_gradient_norms():
                    self._tell(GradientPoint(trainer.config.run, seen_at, values))
                means = trainer.take_means()
                self._tell(TrainPoint(trainer.config.run, update, means.pop("total"), means))
            self._sink(Progress("Training", update, self._updates))
        if self._evaluates_at(update):
            for trainer, (metric, value) in self._scores():
                self._tell(ValidPoint(trainer.config.run, update, value, metric))

    def _logs_at(self, update: int) -> bool:
        return update == self._updates or update % max(1, self._updates // LOSS_POINTS) == 0

    def _evaluates_at(self, update: int) -> bool:
        return update == self._updates or update % max(1, self._updates // VALID_POINTS) == 0

    def _scores(self) -> Iterator[tuple[StudentTrainer, tuple[str, float]]]:
        scores: dict[str, tuple[str, float]] = {}

        def evaluate(trainer: StudentTrainer) -> None:
            scores[trainer.config.run] = trainer.score(self._valid, self._metrics)

        trainers = list(filter(self.is_active, self._trainers))
        run_serially([[partial(evaluate, trainer) for trainer in trainers if not trainer.single_threaded]])
        self._run_parallel([[partial(evaluate, trainer)] for trainer in trainers if trainer.single_threaded])
        return ((trainer, scores[trainer.config.run]) for trainer in trainers)

    def _check(self) -> None:
        # A loss is that of the weights before its update, so the last update needs a check of its own.
        for trainer in filter(self.is_active, self._trainers):
            try:
                trainer.check(self._updates)
            except TrainingDiverged as error:
                self.fail(trainer, self._updates, error.text)

    def finish(self) -> tuple[Trained, ...]:
        return tuple(self._trained(trainer) for trainer in self._trainers)

    def _trained(self, trainer: StudentTrainer) -> Trained:
        updates, error = self._errors.get(trainer.config.run, (self._updates, None))
        return Trained(
            config=trainer.config,
            network=moved(trainer.network.eval(), "cpu"),
            updates=updates,
            seconds=self._seconds[trainer.config.run],
            processor_seconds=self._processor_seconds[trainer.config.run],
            error=error,
        )
