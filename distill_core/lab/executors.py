"""Executors: where the work of a job is done, in a thread of the lab or in a process of its own.

A process shares no interpreter's lock with pages, and what crashes it ends one job.
"""

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, Protocol, cast, get_args

from distill_core.deployment.latency import measure
from distill_core.deployment.server_measurement import Timer, quickly
from distill_core.errors import InvalidSetting
from distill_core.execution.context import JobContext
from distill_core.execution.job import run_job
from distill_core.execution.pace_measurement import measured_pace
from distill_core.jobs import Lock
from distill_core.jobs.control import JobControl, LabClosing
from distill_core.jobs.measurement_lock import MeasurementLock
from distill_core.jobs.pool import WorkerPool
from distill_core.jobs.remote_job import RemoteJob
from distill_core.jobs.worker_process import WorkerProcess
from distill_core.planning.job_plan import JobPlan
from distill_core.planning.stored_plan import to_json
from distill_core.store import Store
from distill_core.tasks import TaskCatalog

SETTING = "DISTILL_EXECUTOR"
TIMERS: dict[str, Timer] = {"measure": measure, "quickly": quickly}


class Exclusive(Protocol):
    def exclusive(self, timer: Timer, is_waiting: Callable[[], bool] = ...) -> Timer:
        """``timer`` while no work item runs (``MeasurementLock``)."""


class Executor(Protocol):
    def __call__(self, plan: JobPlan, control: JobControl) -> None:
        """Do all work of a job. Raises: Stopped; DistillError."""

    def prepare(self) -> None:
        """Get ready for a first job, in the background."""

    def close(self) -> None:
        """End what still works; may be called twice."""


ExecutorName = Literal["thread", "process"]


def chosen_executor(default: ExecutorName) -> ExecutorName:
    """The executor that the lab's owner chose. Raises InvalidSetting."""
    name = os.environ.get(SETTING, "").strip() or default
    if name not in get_args(ExecutorName):
        hint = "leave it out, or choose one of these"
        raise InvalidSetting(SETTING, expected="thread or process", got=name, hint=hint)
    return cast(ExecutorName, name)


@dataclass(frozen=True)
class ThreadExecutor:
    """Works on the thread that calls it; ``pool`` runs the steps of small networks."""

    store: Store
    tasks: TaskCatalog
    timer: Timer
    lock: Exclusive
    pool: WorkerPool

    def __call__(self, plan: JobPlan, control: JobControl) -> None:
        context = JobContext(
            store=self.store,
            tasks=self.tasks,
            sink=control.log,
            checkpoint=control.checkpoint,
            timer=self.lock.exclusive(self.timer, lambda: control.waits),
            quick=self.lock.exclusive(quickly, lambda: control.waits),
            run_parallel=self.pool,
            clock=control.clock,
        )
        run_job(control.job_id, plan, context)

    def prepare(self) -> None:
        pass

    def close(self) -> None:
        pass


class ProcessExecutor:
    """Works in a process beside the lab, which does job after job; where one crashed, the next gets another process."""

    def __init__(self, home: Path, timer: Timer, lock: MeasurementLock) -> None:
        self._home = home
        self._timer = next(name for name, known in TIMERS.items() if known is timer)
        self._lock = lock
        self._guard = Lock()
        self._process: WorkerProcess | None = None
        self._closed = False

    def __call__(self, plan: JobPlan, control: JobControl) -> None:
        process, pace = self._ready(), measured_pace()
        request = {"plan": to_json(plan), "home": str(self._home), "timer": self._timer}
        process.send({"job": control.job_id, **request, "pace": asdict(pace) if pace else None})
        RemoteJob(process, control, self._lock).follow()

    def prepare(self) -> None:
        self._ready()

    def close(self) -> None:
        with self._guard:
            self._closed = True
            if self._process is not None:
                self._process.end()

    def _ready(self) -> WorkerProcess:
        with self._guard:
            if self._closed:
                raise LabClosing("the lab is closing")
            if self._process is None or not self._process.is_alive:
                self._process = WorkerProcess("distill_core.lab.worker")
            return self._process
