"""The robustness part of the lab: evaluates networks on corrupted and attacked images in the background."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

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
from distill_core.reports.images import task_splits
from distill_core.reports.robustness import corruption_error, robustness_table
from distill_core.robustness.attacks import ATTACKS
from distill_core.robustness.corruptions import CORRUPTIONS, corrupted
from distill_core.robustness.evaluate import (
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
from distill_core.spec import fingerprint
from distill_core.store import RunRecord, Store
from distill_core.tasks import OfficialTest, Split, Task, TaskCatalog, normalised
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
        attacks: Sequence[str] = tuple(ATTACKS),
        eps: Sequence[float] = (1, 2, 4, 8),
    ) -> TaskStatus:
        """Evaluate runs on clean, corrupted (None: all corruptions) and attacked images, in the background.

        ``images``: the number of test images, from the first on; ``eps`` in 1/255 of a pixel's range. Scores are stored
        condition by condition, and stored ones are not made again. Runs with a quantized file are not attacked: it has
        no gradients. Raises: NotFound; UnknownName; InvalidSetting for numbers out of range, or while a test runs.
        """
        runs = [finished_run_of(self._store, run_id) for run_id in dict.fromkeys(run_ids)]
        runs = [run for run in runs if "onnx" not in run.left_out]
        if not runs:
            raise InvalidSetting("networks to test", expected="1 or more", got="none", hint="choose them")
        asked = conditions(images, corruptions, attacks, eps)
        scored = {
            (score.run_id, score.disturbance, score.strength, score.images)
            for score in up_to_date(self._store.robustness_scores(run_ids))
        }
        work = [
            (condition, lacking)
            for task in dict.fromkeys(run.task for run in runs)
            for condition in _within(asked, self._tasks.get(task))
            if (lacking := _lacking(condition, [run for run in runs if run.task == task], scored))
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
            for task in dict.fromkeys(run.task for run in runs)
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
        """A row for each network of a job: its errors under all 75 conditions, relative to its control's. See
        ``reports.robustness``."""
        return corruption_error(self._store, job_id, images)

    def gallery(self, task: str, place: int, severity: int) -> Mapping[str, np.ndarray]:
        """The test image at ``place`` under every corruption, by name: uint8 (H, W, C), as it is evaluated.

        Raises: UnknownName; InvalidSetting for an unknown place or severity.
        """
        _, test = task_splits(task, self._tasks)
        if not 0 <= place < len(test):
            raise InvalidSetting(
                "a test image", expected=said("0 to {last}", len(test) - 1), got=place, hint="choose one"
            )
        image_NHWC, places_N = test.images_NHWC[place : place + 1], np.array([place])
        names = CORRUPTIONS.names()
        return {name: corrupted(image_NHWC, name, severity, SEED, places_N=places_N)[0] for name in names}

    def probabilities(self, run_id: str, images_NHWC: np.ndarray) -> np.ndarray:
        """The probabilities (N, classes) of a run's file for 8-bit images. Raises NotFound, CorruptFile."""
        model = load_model(self._store, self._tasks, run_id)
        return softmax_NC(model.predict(normalised(model.task, images_NHWC)))

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
        test = self._test_images(condition, models[0].task)
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
                self._store.keep_robustness_scores([score_condition(condition, model.run, logits, test)])
            except DistillError as error:
                yield error

    def _test_images(self, condition: Condition, task: Task) -> Split:
        if condition.perturbation == OFFICIAL and task.official_test:
            return task.official_test.load(self._tasks.home)
        return task_splits(task.name, self._tasks)[1]


def _lacking(
    condition: Condition, runs: Sequence[RunRecord], scored: Collection[tuple[str, str, float, int]]
) -> list[RunRecord]:
    """The runs without a score under a condition, or with one of an older version of it."""
    able = [run for run in runs if attackable(run) or not condition.is_attack]
    return [run for run in able if (run.id, condition.perturbation, condition.strength, condition.images) not in scored]


def _within(asked: Sequence[Condition], task: Task) -> list[Condition]:
    """The conditions that apply to a task, with at most as many images as its test split has."""
    return [
        replace(condition, images=min(condition.images, task.counts.test))
        for condition in asked
        if task.applies("attacks" if condition.is_attack else "corruptions")
    ]
