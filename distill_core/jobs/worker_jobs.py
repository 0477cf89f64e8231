"""The jobs of this process, which the lab that has them in its queue started: what they are told and tell."""

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from distill_core import said as texts
from distill_core.events import Event, EventLog, to_json
from distill_core.jobs.control import JobControl
from distill_core.jobs.measurement_lock import Timer
from distill_core.jobs.worker_process import Channel


def control_of(job_id: str, channel: Channel) -> JobControl:
    """The control of the job here, which tells the lab of its waits and events."""
    control = JobControl(
        job_id,
        held=lambda: False,
        changed=threading.Condition(),
        note_wait=lambda waits: channel.send({"waits": waits}),
    )
    control.log, control.began = ChannelLog(channel), time.monotonic()
    return control


class ChannelLog(EventLog):
    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    def __call__(self, event: Event) -> None:
        self._channel.send({"event": to_json(event)})


class RemoteMeasurementLock:
    """The measurement lock of the lab, asked for a measurement and again after each wait at a checkpoint."""

    def __init__(self, control: JobControl, channel: Channel) -> None:
        self._control = control
        self._channel = channel
        self.granted = threading.Event()

    def exclusive(self, timer: Timer, is_waiting: Callable[[], bool] = lambda: False) -> Timer:
        def alone(*calls: Callable[[], object], checkpoint: Callable[[], object]) -> Any:
            def waiting_checkpoint() -> None:
                waits = self._control.number_of_waits
                checkpoint()
                if self._control.number_of_waits != waits:
                    self._ask()

            self._ask()
            try:
                return timer(*calls, checkpoint=waiting_checkpoint)
            finally:
                self._channel.send({"measured": True})

        return alone

    def _ask(self) -> None:
        self.granted.clear()
        self._channel.send({"measure": True})
        self.granted.wait()
        self._control.checkpoint()  # a stop grants it too


class WorkerJobs:
    """Jobs in the order in which the lab sends them; one works at a time. An order counts for the job that it names."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._requests: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._jobs: dict[str, tuple[JobControl, RemoteMeasurementLock]] = {}
        channel.listen(self._on_message, self._on_end)

    def next(self) -> tuple[dict[str, Any], JobControl, RemoteMeasurementLock] | None:
        """Wait for a job: its request, its control and the lock of its measurements; None where the lab has ended."""
        request = self._requests.get()
        return None if request is None else (request, *self._jobs[request["job"]])

    def done(self, job_id: str, state: str, error: str | None) -> None:
        """Tell the lab how a job ended."""
        self._jobs.pop(job_id)
        self._channel.send({"state": state, "error": error, "said": texts.to_json(error)})

    def _on_message(self, message: dict[str, Any]) -> None:
        job_id = message["job"]
        if "do" not in message:
            control = control_of(job_id, self._channel)
            self._jobs[job_id] = control, RemoteMeasurementLock(control, self._channel)
            self._requests.put(message)
        elif job_id in self._jobs:
            self._obey(message["do"], *self._jobs[job_id])

    def _on_end(self) -> None:
        for control, lock in [*self._jobs.values()]:
            self._obey("stop", control, lock)
        self._requests.put(None)

    def _obey(self, order: Any, control: JobControl, lock: RemoteMeasurementLock) -> None:
        if order != "measure":
            control.obey(order)
        if order in ("measure", "stop"):
            lock.granted.set()
