"""A heartbeat: a function called periodically on a thread of its own, also after failures."""

import logging
import threading
from collections.abc import Callable

LOG = logging.getLogger(__name__)


class Heartbeat:
    """Calls ``beat`` every ``every_seconds`` on a daemon thread. Logs the first of consecutive failures."""

    def __init__(self, beat: Callable[[], None], every_seconds: float) -> None:
        self._beat = beat
        self._every_seconds = every_seconds
        self._ended = threading.Event()
        self._failed = False
        self._thread = threading.Thread(target=self._run, name="distill-heartbeat", daemon=True)
        self._thread.start()

    def close(self, timeout_seconds: float = 5.0) -> None:
        """Stop calling ``beat``; may be called twice."""
        self._ended.set()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout_seconds)

    def _run(self) -> None:
        while not self._ended.wait(self._every_seconds):
            try:
                self._beat()
                self._failed = False
            except Exception as error:
                if not self._failed:
                    LOG.warning("a heartbeat failed, and is tried again: %s", error)
                self._failed = True
