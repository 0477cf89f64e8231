"""Stratified, nested subsets of a data set, and hashes of its content."""

import hashlib
from pathlib import Path

import numpy as np

from distill_core.errors import CorruptFile, InvalidSetting, said
from distill_core.events import Sink
from distill_core.spec import fingerprint
from distill_core.tasks.base import Split, Task, TaskData


def stratified(labels_N: np.ndarray, count: int, *, seed: int) -> np.ndarray:
    """Positions of ``count`` images, classes in turn, sorted; a smaller count is a subset of a larger one.

    Raises: InvalidSetting if ``count`` is not between 1 and the number of images.
    """
    if not 1 <= count <= len(labels_N):
        raise InvalidSetting(
            "labels",
            expected=said("1 to {count} examples", len(labels_N)),
            got=count,
            hint="choose a number in that range",
        )
    shuffled_N = np.random.default_rng([seed, 0x5EED]).permutation(len(labels_N))
    order = np.lexsort((labels_N, class_ranks(labels_N, shuffled_N)))
    return np.sort(order[:count])


def class_ranks(labels_N: np.ndarray, order_N: np.ndarray) -> np.ndarray:
    """(N,) int64: the rank of each example among those of its class, from 0, where all stand in this order."""
    rank_N = np.empty(len(labels_N), dtype=np.int64)
    for label in np.unique(labels_N):
        members = order_N[labels_N[order_N] == label]
        rank_N[members] = np.arange(len(members))
    return rank_N


def sha256_of(*arrays: np.ndarray) -> str:
    """SHA-256 (hex) of arrays, shapes and types included."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.shape}{array.dtype}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def content_hash(data: TaskData) -> str:
    """SHA-256 (hex) of all images and labels, or of the parts' own hashes where they are no images."""
    parts = (data.train, data.valid, data.test)
    if all(isinstance(part, Split) for part in parts):
        return sha256_of(*(array for part in parts for array in (part.images_NHWC, part.labels_N)))
    return fingerprint(*(part.content_hash() for part in parts))


def load_task(task: Task, home: Path, sink: Sink) -> TaskData:
    """The task's data. Raises CorruptFile where their hash is not ``task.sha256``."""
    data = task.load(home, sink)
    got = content_hash(data)
    if got != task.sha256:
        raise CorruptFile(
            said("the data of {task!r}", task.name),
            expected=said("SHA-256 {sha256}…", task.sha256[:12]),
            got=got,
            hint=said(
                "delete {folder} so that what was fetched is fetched again, or install the lab again; a new task has "
                "this as its sha256",
                home / "data",
            ),
        )
    return data
