"""A job in another process, as its lab sees it: orders go there, events and the end come back."""

import logging
import queue
import signal
import threading
from collections.abc import Callable
from typing import Any

from distill_core import said as texts
from distill_core.errors import START_AGAIN, DistillError, Stopped, said
from distill_core.events import of_json
from distill_core.jobs.control import JobControl
from distill_core.jobs.measurement_lock import MeasurementLock
from distill_core.jobs.worker_process import WorkerProcess

LOG = logging.getLogger(__name__)
OUT_OF_MEMORY = said("it was killed; this machine may have run out of memory")


class RemoteJob:
    """A job in another process: its orders go there, its events and its end come back."""

    def __init__(self, process: WorkerProcess, control: JobControl, lock: MeasurementLock) -> None:
        self._process = process
        self._control = control
        self._lock = lock
        self._measuring: queue.SimpleQueue[bool] | None = None
        self._end: dict[str, Any] | None = None
        self._status: int | None = None
        self._over = False

    def follow(self) -> None:
        """Wait for its end. Raises: Stopped; DistillError with the reason where it failed or crashed."""
        threading.Thread(target=self._receive, name="distill-receiving", daemon=True).start()
        self._control.pass_on(self._tell, lambda: self._over)
        self._control.set_waits(False)
        if self._end is None and self._control.stopped:
            raise Stopped("the process was ended with the lab")
        if self._end is None:
            raise DistillError(
                said(
                    "the process that trained ended before its work was done: {how}; {again}, finished runs are kept",
                    how_it_ended(self._status or 0),
                    START_AGAIN,
                )
            )
        text = texts.from_json(self._end["error"] or "", self._end["said"])
        if self._end["state"] == "failed":
            raise DistillError(text)
        if self._end["state"] != "finished":
            raise Stopped(text)

    def _receive(self) -> None:
        try:
            self._status = self._process.receive(self._on_message)
        except (ValueError, LookupError, TypeError):  # half a line of a process that was killed
            LOG.exception("a message of the process that trains cannot be read")
            self._process.end()
            self._status = self._process.status
        finally:
            self._tell_measuring(again=False)
            self._over = True
            self._control.wake()

    def _tell(self, order: str) -> None:
        self._process.send({"do": order, "job": self._control.job_id})

    def _on_message(self, message: dict[str, Any]) -> bool:
        """Whether it is the last one."""
        if "event" in message:
            self._control.log(of_json(message["event"]))
        elif "waits" in message:
            self._control.set_waits(message["waits"])
        elif "measure" in message and self._measuring is None:
            self._measuring = queue.SimpleQueue()
            thread = threading.Thread(target=self._let_measure, args=(self._measuring,), daemon=True)
            thread.start()
        elif "measure" in message:
            self._tell_measuring(again=True)
        elif "measured" in message:
            self._tell_measuring(again=False)
        elif "state" in message:
            self._end = message
        return self._end is not None

    def _tell_measuring(self, *, again: bool) -> None:
        if self._measuring is not None:
            self._measuring.put(again)
            self._measuring = self._measuring if again else None

    def _let_measure(self, asked: "queue.SimpleQueue[bool]") -> None:
        """No work item of this lab runs while the process measures; after a wait of the job it asks again."""

        def whole(*_calls: Callable[[], object], checkpoint: Callable[[], object]) -> None:
            self._tell("measure")
            while asked.get():
                checkpoint()
                self._tell("measure")

        self._lock.exclusive(whole, lambda: self._control.waits)(checkpoint=lambda: None)


def how_it_ended(status: int) -> str:
    if status == -signal.SIGKILL:
        return OUT_OF_MEMORY
    if status < 0:
        known = {int(number): number.name for number in signal.Signals}
        return said("signal {name}", known.get(-status, -status))
    return said("exit status {status}", status)
