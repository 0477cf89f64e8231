"""The one lab of this process: opened at the first call, the same object for the application and every page."""

from functools import cache

from distill_core.lab import Lab

__all__ = ["close", "lab"]


@cache
def lab() -> Lab:
    """The lab over ``DISTILL_HOME``."""
    return Lab.open()


def close() -> None:
    """End the lab's queue and let go of its files; the next ``lab()`` opens anew. Twice is fine."""
    if lab.cache_info().currsize:
        lab().close()
        lab.cache_clear()
