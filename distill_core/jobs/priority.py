"""Threads that train stand back, so that pages stay quick."""

import logging
import os
import sys
import threading

__all__ = ["lower_thread_priority"]

NICENESS = 15
LOG = logging.getLogger(__name__)


def lower_thread_priority() -> None:
    """Lower the priority of the calling thread, where the system knows such a thing."""
    # Elsewhere a priority is that of a process, and the number of a thread may be the one of a stranger.
    if sys.platform == "linux":
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        except OSError as error:
            LOG.info("a thread that trains keeps its priority: %s", error)
