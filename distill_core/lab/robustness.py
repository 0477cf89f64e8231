"""The robustness part of the lab: evaluates networks on corrupted and attacked examples in the background."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from distill_core.deployment.model_file import finished_run_of
from distill_core.errors import DistillError, InvalidSetting, said
from distill_core.evaluation.calibration import softmax_NC
from distill_core.jobs.background_task import BackgroundTask, TaskControl, TaskStatus
from distill_core.jobs.measurement_lock import MeasurementLock
from distill_core.jobs.pool import WorkerPool
from distill_core.jobs.torch_import import import_torch
from distill_core.lazy_torch import pd
from distill_core.machine import available_threads
from distill_core.reports.images import task_parts
from distill_core.reports.robustness import corruption_error, robustness_table
from distill_core.robustness.corruptions import corruptions_of
from distill_core.robustness.corruptions.parts import taken
from distill_core.robustness.evaluate import (
    CLEAN,
    OFFICIAL,
    SEED,
    Condition,
    LoadedModel,
    attackable,
    conditions,
    evaluate_condition,
    load_model,
    score_condition,
    up_to_date,
)
from distill_core.robustness.kinds import kind_of
from distill_core.spec import fingerprint
from distill_core.store import RunRecord, Store
from distill_core.tasks import OfficialTest, Task, TaskCatalog
from distill_core.training.precision import use_one_thread


class Robustness:
    """Robustness tests: one background task at a time, never while a latency is measured."""

    def __init__(self, store: Store, tasks: TaskCatalog, measurement_lock: MeasurementLock) -> None:
        self._store = store
        self._tasks = tasks
        self._measurement_lock = measurement_lock
        self._background_task = BackgroundTask("distill-testing")
        # A pool of its own: in a shared one, training steps would wait for these longer work items.
        self._pool = WorkerPool(available_threads(), initializer=use_one_thread)

    def test(
        self,
        run_ids: Sequence[str],
        *,
        images: int = 2000,
        corruptions: Sequence[str] | None = None,
        attacks: Sequence[str] | None = None,
        eps: Sequence[float] | None = None,
    ) -> TaskStatus:
        """Evaluate runs on clean, corrupted and attacked examples, in the background; None: all that their task allows.

        ``images``: the number of test examples, from the first on; ``eps`` in 1/255 of a pixel's range, or in standard
        deviations of a feature. Scores are stored condition by condition, and stored ones are not made again. Runs with
        a quantized file are not attacked: it has no gradients. Raises: NotFound; UnknownName; InvalidSetting for
        numbers out of range, for what the examples of a task do not allow, or while a test runs.
        """
        runs = [finished_run_of(self._store, run_id) for run_id in dict.fromkeys(run_ids)]
        runs = [run for run in runs if "onnx" not in run.left_out]
        if not runs:
            raise InvalidSetting("networks to test", expected="1 or more", got="none", hint="choose them")
        of_task = [(self._tasks.get(task), [run for run in runs if run.task == task]) for task in _tasks_of(runs)]
        asked = [(conditions(task, images, corruptions, attacks, eps), theirs) for task, theirs in of_task]
        scored = {
            (score.run_id, score.disturbance, score.strength, score.images)
            for score in up_to_date(self._store.robustness_scores(run_ids))
        }
        work = [
            (condition, lacking)
            for found, theirs in asked
            for condition in found
            if (lacking := _lacking(condition, theirs, scored))
        ]
        total = sum(condition.work * len(lacking) for condition, lacking in work)
        return self._background_task.start("Testing robustness", total, lambda control: self._evaluate(control, work))

    def score_official(self, run_ids: Sequence[str]) -> TaskStatus:
        """Score runs on the whole official test set of their task, in the background; stored scores are not made again.

        Raises: NotFound; InvalidSetting where none is lacking, where this lab has no such set, or while a test runs.
        """
        known = self.official(run_ids)
        runs = [finished_run_of(self._store, run_id) for run_id in dict.fromkeys(run_ids) if run_id not in known]
        work = [
            (Condition(perturbation=OFFICIAL, strength=0.0, images=whole.count), lacking)
            for task in _tasks_of(runs)
            if (whole := self.official_test(task))
            and (lacking := [run for run in runs if run.task == task and "onnx" not in run.left_out])
        ]
        if not work:
            hint = "choose networks of a task whose official test set this lab has"
            raise InvalidSetting("networks to score", expected="1 or more", got="none", hint=hint)
        total = sum(len(lacking) for _, lacking in work)
        return self._background_task.start("Scoring", total, lambda control: self._evaluate(control, work))

    def official(self, run_ids: Sequence[str]) -> dict[str, float]:
        """The accuracy (0 to 1) on the whole official test set of those of these runs that were scored there. What an
        archive tells of fewer images is no such score."""
        counts = {task.official_test.count for task in self._tasks if task.official_test}
        # Of all scores of a run these alone are read: a tested one has two hundred others.
        scores = [score for count in counts for score in self._store.robustness_scores(run_ids, images=count)]
        return {score.run_id: score.accuracy for score in scores if score.disturbance == OFFICIAL}

    def official_test(self, task: str) -> OfficialTest | None:
        """The official test set of which a task's test part is a sample, where this lab has it. Raises UnknownName."""
        whole = self._tasks.get(task).official_test
        return whole if whole and whole.is_there(self._tasks.home) else None

    def testing(self) -> TaskStatus | None:
        """The status of the current or last test; None before the first."""
        return self._background_task.snapshot()

    def wait(self, timeout_seconds: float) -> TaskStatus | None:
        """The status once the test has ended, or after ``timeout_seconds``; None before the first."""
        return self._background_task.wait(timeout_seconds)

    def stop_testing(self) -> None:
        """End the test; stored scores stay. Idempotent."""
        self._background_task.stop()

    def close(self, timeout_seconds: float) -> None:
        """End the test and refuse others; waits up to ``timeout_seconds``."""
        self._background_task.close(timeout_seconds)
        self._pool.close()

    def scores(self, run_ids: Sequence[str]) -> pd.DataFrame:
        """A row a run and condition, with its accuracy, ece, nll_nats, confidence and unmoved images."""
        return robustness_table(self._store, run_ids)

    def scores_version(self, run_ids: Sequence[str]) -> str:
        """A cache key that changes whenever a score of these runs is new, gone or made again."""
        return fingerprint(*(str(row) for row in self._store.robustness_version(run_ids)))

    def corruption_error(self, job_id: str, images: int | None = None) -> pd.DataFrame:
        """A row for each network of a job: its errors under all corruptions, relative to its control's. See
        ``reports.robustness``."""
        return corruption_error(self._store, self._tasks, job_id, images)

    def gallery(self, task: str, place: int, severity: int) -> Mapping[str, Any]:
        """The test example at ``place``, clean and under every corruption, by name: each a part of one example, as it
        is evaluated.

        Raises: UnknownName; InvalidSetting for an unknown place or severity.
        """
        known = self._tasks.get(task)
        kind, test = kind_of(known), task_parts(task, self._tasks).test
        most = len(test.labels_N) - 1
        if not 0 <= place <= most:
            what, expected = said("a test {example}", known.kind.example), said("0 to {last}", most)
            raise InvalidSetting(what, expected=expected, got=place, hint="choose one")
        places_N = np.array([place])
        clean, names = taken(test, places_N), [one.name for one in corruptions_of(known)]
        return {
            CLEAN: clean,
            **{name: kind.corrupted(clean, name, severity, SEED, places_N=places_N) for name in names},
        }

    def inputs(self, task: str, parts: Sequence[Any]) -> np.ndarray:
        """What networks of a task take of the examples of several parts, (N, *shape)."""
        known = self._tasks.get(task)
        return np.concatenate([kind_of(known).inputs(known, part) for part in parts])

    def probabilities(self, run_id: str, *parts: Any) -> np.ndarray:
        """The probabilities (N, classes, *positions) of a run's file for the examples of these parts. Raises NotFound,
        CorruptFile."""
        model = load_model(self._store, self._tasks, run_id)
        logits_NC = np.moveaxis(model.predict(self.inputs(model.task.name, parts)), 1, -1)
        shares_RC = softmax_NC(logits_NC.reshape(-1, logits_NC.shape[-1]))
        return np.moveaxis(shares_RC.reshape(logits_NC.shape), -1, 1)

    def _evaluate(self, control: TaskControl, work: Sequence[tuple[Condition, list[RunRecord]]]) -> None:
        attacked = {run.id for condition, runs in work if condition.is_attack for run in runs}
        import_torch()
        refused: dict[str, None] = {}
        opened: dict[str, LoadedModel] = {}
        for run in {run.id: run for _, runs in work for run in runs}.values():
            try:
                with self._measurement_lock.shared(control.checkpoint):
                    opened[run.id] = load_model(self._store, self._tasks, run.id, attacked=run.id in attacked)
            except DistillError as error:  # the others can be evaluated
                refused[str(error)] = None
        done = 0
        for condition, runs in work:
            control.report(done, condition.title)
            control.checkpoint()
            models = [opened[run.id] for run in runs if run.id in opened]
            for failure in self._evaluate_condition(condition, models, control):
                refused[str(failure)] = None
            done += condition.work * len(runs)
        control.report(done, "")
        if refused:
            raise DistillError(*refused)

    def _evaluate_condition(
        self, condition: Condition, models: Sequence[LoadedModel], control: TaskControl
    ) -> Iterator[DistillError]:
        """Evaluate the models under a condition and store their scores; yields the errors of single models."""
        if not models:
            return
        test = self._test_part(condition, models[0].task)
        answers = evaluate_condition(
            condition,
            models,
            test,
            control.checkpoint,
            self._pool,
            lambda: self._measurement_lock.shared(control.checkpoint),
        )
        for model, logits in zip(models, answers, strict=True):
            try:
                self._store.keep_robustness_scores([score_condition(condition, model.run, model.task, logits, test)])
            except DistillError as error:
                yield error

    def _test_part(self, condition: Condition, task: Task) -> Any:
        if condition.perturbation == OFFICIAL and task.official_test:
            return task.official_test.load(self._tasks.home)
        return task_parts(task.name, self._tasks).test


def _lacking(
    condition: Condition, runs: Sequence[RunRecord], scored: Collection[tuple[str, str, float, int]]
) -> list[RunRecord]:
    """The runs without a score under a condition, or with one of an older version of it."""
    able = [run for run in runs if attackable(run) or not condition.is_attack]
    return [run for run in able if (run.id, condition.perturbation, condition.strength, condition.images) not in scored]


def _tasks_of(runs: Sequence[RunRecord]) -> Sequence[str]:
    return [*dict.fromkeys(run.task for run in runs)]
