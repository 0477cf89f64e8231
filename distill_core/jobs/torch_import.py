"""What training needs and pages do not wait for: loaded by the worker, asked about by everybody else."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from distill_core.jobs import Lock
from distill_core.machine import training_threads

__all__ = ["after_torch_import", "import_torch", "is_torch_imported", "without_collection"]

# How often a thread of torch looks for work before it sleeps. The default, 300,000 times, keeps a core busy with
# waiting while the thread that it waits for has none: beside other programs a step took ten times as long.
SPINS = "2000"
_state = {"loaded": False}
_lock = Lock()
_waiting: list[Callable[[], None]] = []


def import_torch() -> None:
    """Import what every job needs, which takes some seconds the first time, and give torch all its threads here.

    Two threads that import torchvision at once can see it half made: the second one waits for the first.
    """
    with _lock, without_collection():
        _load()


@contextmanager
def without_collection() -> Iterator[None]:
    """No garbage collection inside: modules stay for good, and looking through them while they come in is a fifth of
    the time that loading them takes."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _load() -> None:
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)  # torch's OpenMP reads it when torch is imported
    import sklearn.metrics
    import torch
    import torchvision

    # A thread that meets torch anew takes the number that was set last, and that may be the one of a small member. The
    # number is part of what a run is filed under, so it is ours and not torch's.
    torch.set_num_threads(training_threads())
    del sklearn, torchvision
    _state["loaded"] = True
    while _waiting:
        _waiting.pop()()


def after_torch_import(hint: Callable[[], None]) -> None:
    """Call ``hint`` once, as soon as all of it is there."""
    with _lock:
        if _state["loaded"]:
            hint()
        elif hint not in _waiting:
            _waiting.append(hint)


def is_torch_imported() -> bool:
    """Whether all of it is there. Two threads that import torchvision at once can see it half made, so a page asks
    here and not ``sys.modules``."""
    return _state["loaded"]
