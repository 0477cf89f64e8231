"""The one lab of this process: opened at the first call, the same object for the application and every page."""

import gc
import os

from distill_core.jobs.lazy import Lazy
from distill_core.jobs.process_exit import CLOSING_SECONDS
from distill_core.jobs.torch_import import after_torch_import
from distill_core.lab import Lab

__all__ = ["close", "lab"]


def _open() -> Lab:
    after_torch_import(_keep_out_of_collections)
    # Beside thirty visitors a process of its own trains 10 % slower than alone, a thread of the server's 18 %, and
    # pages answer sooner (benchmarks/room.py).
    return Lab.open(example=os.environ.get("DISTILL_EXAMPLE") != "0", executor="process")


def _keep_out_of_collections() -> None:
    """Streamlit collects all garbage after each run of a page, during which nothing trains. What was loaded for
    training stays for good, and looking through it took 0.2 s each time."""
    gc.collect()
    gc.freeze()


_lab = Lazy(_open)


def lab() -> Lab:
    """The lab over ``DISTILL_HOME``."""
    return _lab()


def close(timeout_seconds: float = CLOSING_SECONDS) -> None:
    """End the lab's queue and let go of its files; the next ``lab()`` opens anew. Twice is fine."""
    _lab.reset(lambda lab: lab.close(timeout_seconds))
