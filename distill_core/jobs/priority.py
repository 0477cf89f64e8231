"""Lowers the priority of training threads, so that pages stay responsive."""

import logging
import os
import sys
import threading

NICENESS = 15
LOG = logging.getLogger(__name__)


def lower_thread_priority() -> None:
    """Lower the priority of the calling thread on Linux; elsewhere it has no effect."""
    # Other systems set the priority of a process, and a thread's id may be that of another process.
    if sys.platform == "linux":
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        except OSError as error:
            LOG.info("a training thread keeps its priority: %s", error)
