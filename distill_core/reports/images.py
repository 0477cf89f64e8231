"""Predictions of networks on single images."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from distill_core.errors import InvalidSetting, NotFound, said
from distill_core.evaluation.calibration import log_odds_N, softmax_NC
from distill_core.reports.predictions import predictions_of
from distill_core.store import Store
from distill_core.tasks import Split, TaskCatalog, TaskData
from distill_core.tasks.graph.questions import Questions
from distill_core.tasks.graph.ranks import left_in


@dataclass(frozen=True, kw_only=True, slots=True)
class Disagreement:
    """A test example for which two networks predict different classes; classes are indices."""

    index: int
    label: int
    teacher_class: int
    teacher_probability: float
    student_class: int
    student_probability: float


@lru_cache(maxsize=4)
def task_parts(task: str, tasks: TaskCatalog) -> TaskData:
    """The data of a task, cached."""
    return tasks.load(task)


def forget_parts() -> None:
    """Keep no data of a task in memory, as when some were removed."""
    task_parts.cache_clear()


def task_splits(task: str, tasks: TaskCatalog) -> tuple[Split, Split]:
    """Validation and test images of a task, cached. Raises: InvalidSetting where its examples are none."""
    _ = tasks.get(task).images  # which raises
    data = task_parts(task, tasks)
    return data.valid, data.test


def test_logits(store: Store, run_id: str) -> np.ndarray:
    """A run's logits on the test images: (N, C), float32."""
    return predictions_of(store.artifact(run_id, "predictions"))["test_logits_NC"]


def right_answers(store: Store, run_id: str) -> np.ndarray:
    """Which test examples a run classifies correctly: (N,) booleans.

    Raises: CorruptFile; NotFound where an example has more to it than one right answer.
    """
    # The labels are in the same file, so that a table does not load the images.
    predictions = predictions_of(store.artifact(run_id, "predictions"))
    metric = store.run(run_id).metric
    if metric != "accuracy" or predictions["test_labels_N"].ndim > 1:
        raise NotFound(
            said(
                "no right and wrong examples of run {run_id!r}: its task counts {metric} or has positions",
                run_id,
                metric,
            )
        )
    answers: np.ndarray = predictions["test_logits_NC"].argmax(1) == predictions["test_labels_N"]
    return answers


def shared_task(store: Store, student_id: str, teacher_id: str) -> str:
    """The task of two runs. Raises: InvalidSetting where they have two; NotFound."""
    student, teacher = store.run(student_id), store.run(teacher_id)
    if student.task != teacher.task:
        raise InvalidSetting(
            "two networks",
            expected=said("one task ({task})", student.task),
            got=teacher.task,
            hint="choose another teacher",
        )
    return student.task


def disagreements(
    store: Store, tasks: TaskCatalog, student_id: str, teacher_id: str, limit: int
) -> tuple[Disagreement, ...]:
    """Examples on which student and teacher disagree, those on which both are most confident first, of those whose
    logits both have. Of a ranked task other known answers are left out, as its metric leaves them out."""
    task = shared_task(store, student_id, teacher_id)
    described, test = tasks.get(task), task_parts(task, tasks).test
    labels_N = test.labels_N
    both = [test_logits(store, run_id) for run_id in (student_id, teacher_id)]
    both = [logits_NC[: min(map(len, both))] for logits_NC in both]
    if isinstance(test, Questions):
        known_NE = described.dataset(described, test).known_BE(test.questions_N2[: len(both[0])])
        both = [left_in(logits_NE, labels_N[: len(logits_NE)], known_NE) for logits_NE in both]
    of_student_NC, of_teacher_NC = (softmax_NC(logits_NC) for logits_NC in both)
    answers_N, wanted_N = of_student_NC.argmax(1), of_teacher_NC.argmax(1)
    surest_N = np.minimum(*(log_odds_N(logits_NC) for logits_NC in both))
    different = np.flatnonzero(answers_N != wanted_N)
    chosen = different[np.argsort(-surest_N[different], kind="stable")][:limit]
    return tuple(
        Disagreement(
            index=int(index),
            label=int(labels_N[index]),
            teacher_class=int(wanted_N[index]),
            teacher_probability=float(of_teacher_NC[index].max()),
            student_class=int(answers_N[index]),
            student_probability=float(of_student_NC[index].max()),
        )
        for index in chosen
    )
