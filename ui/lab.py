"""The one lab of this process: opened at the first call, the same object for the application and every page."""

from distill_core.jobs import Once
from distill_core.lab import Lab

__all__ = ["close", "lab"]

_lab = Once(lambda: Lab.open())


def lab() -> Lab:
    """The lab over ``DISTILL_HOME``."""
    return _lab()


def close() -> None:
    """End the lab's queue and let go of its files; the next ``lab()`` opens anew. Twice is fine."""
    _lab.let_go(Lab.close)
