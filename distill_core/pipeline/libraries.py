"""What training needs and pages do not wait for: loaded by the worker, asked about by everybody else."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

from distill_core.jobs import Turns

__all__ = ["load_libraries", "loaded", "without_collection"]

# How often a thread of torch looks for work before it sleeps. The default, 300,000 times, keeps a core busy with
# waiting while the thread that it waits for has none: beside other programs a step took ten times as long.
SPINS = "2000"
_state = {"loaded": False}
_threads: list[int] = []
_turns = Turns()


def load_libraries() -> None:
    """Import what every job needs, which takes some seconds the first time, and give torch all its threads here.

    Two threads that import torchvision at once can see it half made: the second one waits for the first.
    """
    with _turns, without_collection():
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

    if not _threads:
        _threads.append(torch.get_num_threads())
        # A page ends each of its runs with a collection of all garbage, during which nothing trains. What was just
        # loaded stays for good, and looking through it took 0.2 s each time.
        gc.collect()
        gc.freeze()
    # A thread that meets torch anew takes the number that was set last, and that may be the one of a small member.
    torch.set_num_threads(_threads[0])
    del sklearn, torchvision
    _state["loaded"] = True


def loaded() -> bool:
    """Whether all of it is there. Two threads that import torchvision at once can see it half made, so a page asks
    here and not ``sys.modules``."""
    return _state["loaded"]
