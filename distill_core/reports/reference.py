"""The reference logits for all backends: those of the server's onnxruntime on a task's first test examples (B)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from distill_core.browser_measurement import MOST_LOGITS, REFERENCE_IMAGES
from distill_core.deployment.model_file import Model
from distill_core.deployment.runtime import run_onnx
from distill_core.reports.images import task_parts
from distill_core.store import Store
from distill_core.tasks import Task, TaskCatalog, normalised


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """``examples``: (B, *shape) as networks take them, normalised float32 or int64 ids; ``logits_BC``: float32, of
    the file with hash ``sha256``: (B, classes), or of dense prediction a part of the logits of each example."""

    examples: np.ndarray
    labels_B: np.ndarray
    logits_BC: np.ndarray
    sha256: str


def reference(store: Store, tasks: TaskCatalog, model: Model) -> Reference:
    """The reference of a file, cached. Raises NotFound, CorruptFile, and what loading the task raises."""
    task = store.run(model.run_id).task
    kept = _kept(model.sha256, task, tasks)
    if not kept:
        kept.append(_reference(model, task, tasks))
    return kept[0]


@lru_cache(maxsize=256)
def _kept(sha256: str, task: str, tasks: TaskCatalog) -> list[Reference]:
    """A cached list that ``reference`` fills: its key does not keep the file's bytes, as a Model would."""
    return []


def _reference(model: Model, task: str, tasks: TaskCatalog) -> Reference:
    test = task_parts(task, tasks).test
    examples = _examples(tasks.get(task), test)
    logits_BC = compared(run_onnx(model.data, examples))
    for array in (examples, logits_BC):
        array.flags.writeable = False  # shared by all callers
    return Reference(
        examples=examples, labels_B=test.labels_N[:REFERENCE_IMAGES], logits_BC=logits_BC, sha256=model.sha256
    )


def compared(logits: np.ndarray) -> np.ndarray:
    """(B, at most ``MOST_LOGITS``): of many logits of an example every so-manieth."""
    logits_BL = logits.reshape(len(logits), -1)
    return np.ascontiguousarray(logits_BL[:, :: -(-logits_BL.shape[1] // MOST_LOGITS)])


def _examples(task: Task, test: Any) -> np.ndarray:
    if task.image_spec is not None:  # without torch, which a page need not wait for
        return normalised(task, test.images_NHWC[:REFERENCE_IMAGES])
    examples: np.ndarray = task.dataset(task, test).batch(np.arange(REFERENCE_IMAGES)).contiguous().numpy()
    return examples
