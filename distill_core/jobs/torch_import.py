"""The import of torch and of what training needs, done by the worker so that pages do not wait for it."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from distill_core.jobs import Lock
from distill_core.machine import training_threads

# How often an OpenMP thread polls before it sleeps. The default of 300,000 keeps a core busy with waiting while the
# awaited thread has none: beside other programs a step took ten times as long.
SPINS = "2000"
_state = {"loaded": False}
_lock = Lock()
_waiting: list[Callable[[], None]] = []


def import_torch() -> None:
    """Import what every job needs, which takes seconds the first time, and set torch's number of threads.

    Takes a lock: two threads that import torchvision at once can see it half initialised.
    """
    with _lock, without_collection():
        _load()


@contextmanager
def without_collection() -> Iterator[None]:
    """Turn garbage collection off inside: modules are never freed, and scanning them takes a fifth of an import."""
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

    # A new thread takes the number that was set last, which may be 1, set for a small student. The number is part of
    # fingerprints, so it is ``training_threads()`` and not torch's default.
    torch.set_num_threads(training_threads())
    del sklearn, torchvision
    _state["loaded"] = True
    while _waiting:
        _waiting.pop()()


def after_torch_import(action: Callable[[], None]) -> None:
    """Call ``action`` once, as soon as the imports are complete."""
    with _lock:
        if _state["loaded"]:
            action()
        elif action not in _waiting:
            _waiting.append(action)


def is_torch_imported() -> bool:
    """Whether the imports are complete; ``sys.modules`` has torchvision before it is fully initialised."""
    return _state["loaded"]
