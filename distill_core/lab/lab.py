"""The lab: plan, submit, watch, stop; what else a page or a shell may ask for is one of its parts."""

import math
import os
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Self

from distill_core import clock
from distill_core.deployment.latency import measure
from distill_core.deployment.server_measurement import Timer, quickly
from distill_core.errors import InvalidSetting, Stopped
from distill_core.execution.context import JobContext
from distill_core.execution.job import run_job
from distill_core.execution.losses import needs_pairs
from distill_core.execution.pace_measurement import measure_pace
from distill_core.jobs.background_task import TaskStatus
from distill_core.jobs.control import JobControl
from distill_core.jobs.heartbeat import Heartbeat
from distill_core.jobs.measurement_lock import MeasurementLock
from distill_core.jobs.pool import WorkerPool
from distill_core.jobs.process_exit import CLOSING_SECONDS, close_at_exit
from distill_core.jobs.queue import JobQueue
from distill_core.jobs.system_load import OtherProgramsLoad
from distill_core.jobs.torch_import import import_torch, is_torch_imported
from distill_core.lab.archives import Archives
from distill_core.lab.catalog import Catalog
from distill_core.lab.devices import Devices
from distill_core.lab.job_views import JobViews
from distill_core.lab.own_jobs import OwnJobs
from distill_core.lab.plan_views import plan_view
from distill_core.lab.reports import Reports
from distill_core.lab.robustness import Robustness
from distill_core.lab.views import JobView, Plan
from distill_core.machine import available_threads
from distill_core.planning.job_plan import JobPlan, resolve
from distill_core.planning.limit import most_hours
from distill_core.planning.stored_plan import to_json
from distill_core.planning.stored_runs import StoredRuns, find_stored_runs
from distill_core.reports.description import title
from distill_core.reports.readable import experiment_of, is_readable
from distill_core.spec import Experiment
from distill_core.store import BEAT_SECONDS, OPEN_STATES, JobRecord, JobState, Store
from distill_core.tasks import TaskCatalog
from distill_core.training.precision import use_one_thread

DEFAULT_HOME = Path(__file__).resolve().parents[2] / "distill_home"
# Long enough for the first page to be drawn: loading torch would slow it down.
WARM_UP_AFTER_SECONDS = 4.0
# Between two looks at a job that another lab works on.
OTHERS_SECONDS = 0.5
# How many times as much work as a typical network the largest one takes (ResNet-32×4: 331).
LARGEST_OF_TYPICAL = 400


def home_of(chosen: Path | None = None) -> Path:
    """The lab's home: the one that is chosen, else that of ``DISTILL_HOME``, else a folder beside the project."""
    return chosen or Path(os.environ.get("DISTILL_HOME") or DEFAULT_HOME)


class Lab:
    """One home, one store, one queue; ``catalog``, ``reports``, ``archives``, ``devices`` and ``robustness`` look at
    the same store.

    Any number of pages may ask at once.
    """

    def __init__(self, home: Path, store: Store, *, timer: Timer = measure, limit_hours: float = math.inf) -> None:
        self.home = home
        self.tasks = TaskCatalog(home)
        self._timer = timer
        self._limit_hours = limit_hours
        self._store = store
        self._pool = WorkerPool(available_threads(), initializer=use_one_thread)
        self._measurement_lock = MeasurementLock()
        self._queue = JobQueue(self._note_state, prepare=import_torch, idle=self._idle)
        self._own_jobs = OwnJobs(store, self._queue)
        self._views = JobViews(store, self._queue, self.tasks)
        self.catalog = Catalog(store, self.tasks)
        self.archives = Archives(store, self.tasks)
        self.reports = Reports(store, self.tasks, self._pool)
        self.devices = Devices(store, self.tasks, self._queue, self._measurement_lock, timer)
        self.robustness = Robustness(store, self.tasks, self._measurement_lock)
        self._heartbeat = Heartbeat(self._own_jobs.beat, BEAT_SECONDS)
        self._others = OtherProgramsLoad()
        self._warm = False
        close_at_exit(self)

    @classmethod
    def open(cls, home: Path | None = None, *, timer: Timer = measure) -> Self:
        """Open the lab in ``home``, by default in ``home_of()``.

        ``timer`` measures latency; the default takes the two seconds that the lab's definition asks for.

        Raises: StorageFailed where the folder or the database cannot be used; InvalidSetting where
        ``DISTILL_MAX_HOURS`` is no limit.
        """
        chosen, limit_hours = home_of(home), most_hours()
        store = Store.open(chosen)
        try:
            store.sweep()
        except BaseException:
            store.close()
            raise
        return cls(chosen, store, timer=timer, limit_hours=limit_hours)

    def close(self, timeout_seconds: float = CLOSING_SECONDS) -> None:
        """End the worker, what is measured, and the store; may be called twice.

        What runs or waits is stored as interrupted at once; then whatever is under way is waited for, up to so long
        in all.
        """
        ends = time.monotonic() + timeout_seconds
        self.interrupt()
        for close in (self._queue.close, self._heartbeat.close, self.devices.close, self.robustness.close):
            close(max(0.0, ends - time.monotonic()))
        self._pool.close()
        self._store.close()

    def interrupt(self) -> None:
        """Store what runs or waits as interrupted, and end it at its next checkpoint; what is measured ends as well.
        Nothing is waited for, and nothing begins any more."""
        self.devices.stop_measuring()  # it may wait for the queue
        self.robustness.stop_testing()
        self._queue.close(0.0)

    def warm_up(self) -> None:
        """Load what training needs and measure how fast this machine trains, in the background; returns at once. Again
        changes nothing."""
        self._warm = True
        self._queue.warm_up(WARM_UP_AFTER_SECONDS)

    def busy(self) -> float | None:
        """The share of this machine's processors that other programs use now, 0 to 1; None where that is not known."""
        return self._others.share()

    def background_tasks(self) -> tuple[TaskStatus, ...]:
        """What loads this machine beside the queue: measuring, for the first time or again, and testing robustness."""
        views = (self.devices.measuring(), self.devices.remeasuring(), self.robustness.testing())
        return tuple(view for view in views if view is not None and not view.finished)

    def plan(self, experiment: Experiment) -> Plan:
        """What submitting would do. Raises DistillError for whatever cannot work."""
        return self._plan(find_stored_runs(resolve(experiment, self._store, self.tasks), self._store))

    def _plan(self, found: StoredRuns) -> Plan:
        task = self.tasks.get(found.plan.experiment.task)
        return plan_view(found, self._store, task, self._limit_hours, self.busy())

    def submit(self, asked: Experiment | Plan) -> str:
        """Queue an experiment and return at once; an equal one that waits, runs or is finished is answered instead. A
        plan that was shown is filed as it stands.

        A finished one is no answer where a run of it failed or lacks a file: that is trained again. Where a method on
        features is asked for before torch is there, or that might be much work, this waits for it: what cannot work, or
        takes longer than this lab allows, is never filed.
        Raises: DistillError for whatever cannot work.
        """
        self._queue.retry_state_writes()
        resolved = asked.resolved if isinstance(asked, Plan) else resolve(asked, self._store, self.tasks)
        found = find_stored_runs(resolved, self._store)
        plan = self._plan(found)
        if not is_torch_imported() and (needs_pairs(resolved.runs) or self._may_be_long(plan)):
            import_torch()
            plan = self._plan(found)
        if plan.too_long:
            raise InvalidSetting(plan.too_long)
        record = JobRecord(
            id=uuid.uuid4().hex[:16],
            fingerprint=plan.fingerprint,
            title=title(plan.experiment),
            specification=plan.experiment.to_json(),
            state=JobState.QUEUED,
            error=None,
            owner=self._store.lab_id,
            expected_seconds=plan.expected_seconds,
            submitted_at=clock.now(),
        )
        filed = self._store.add_job(record, found.links(), lacks_runs=found.lacks_runs, plan=to_json(resolved))
        if filed.id == record.id:
            self._enqueue(record.id, resolved)
        return filed.id

    def _may_be_long(self, plan: Plan) -> bool:
        """Before torch counts, every network is taken for a small one."""
        return plan.job_id is None and plan.expected_seconds > 3600 * self._limit_hours / LARGEST_OF_TYPICAL

    def job(self, job_id: str) -> JobView:
        """One job with all its events. Raises NotFound."""
        return self._views.of(self._store.job(job_id))

    def wait(self, job_id: str, timeout_seconds: float) -> JobView:
        """The job once it has ended, or as it is after so many seconds. Raises NotFound."""
        ends = time.monotonic() + timeout_seconds
        while self._queue.wait(job_id, ends - time.monotonic()) and self._views.is_open(self._store.job(job_id)):
            left = ends - time.monotonic()
            if left <= 0:
                break
            time.sleep(min(left, OTHERS_SECONDS))  # of another lab, which tells nothing here
        return self.job(job_id)

    def shown_in(self, run_id: str) -> JobView:
        """The newest job that shows a run. Raises NotFound, CorruptFile."""
        return self.job(self._store.shown_last(run_id).job_id)

    def jobs(self, limit: int = 20, *, words: str = "") -> tuple[JobView, ...]:
        """The newest jobs, or the newest with all these words in their title; without those of
        ``reports.unreadable_jobs``."""
        return tuple(
            self._views.of(job) for job in self._store.jobs(limit=limit, words=words) if is_readable(job, self.tasks)
        )

    def queue(self) -> tuple[JobView, ...]:
        """What runs and what waits, in the order in which it will be done."""
        jobs = [job for job in self._store.jobs(limit=None, states=OPEN_STATES) if is_readable(job, self.tasks)]
        views = [self._views.of(job) for job in jobs[::-1] if self._views.is_open(job)]  # as they were filed
        return tuple(sorted(views, key=lambda view: (view.position is None, view.position or 0)))

    def pause(self, job_id: str) -> None:
        self._queue.pause(self._own_jobs.check(job_id))

    def resume(self, job_id: str) -> None:
        self._queue.resume(self._own_jobs.check(job_id))

    def stop(self, job_id: str) -> None:
        """End a job; its finished runs stay."""
        self._queue.stop(self._own_jobs.check(job_id))

    def restart(self, job_id: str) -> str:
        """Submit a job's specification again; runs that are finished are not trained twice."""
        return self.submit(experiment_of(self._store.job(job_id), self.tasks))

    def delete(self, job_id: str) -> None:
        """Forget a job and the runs that no other job shows.

        Raises: NotFound; InvalidSetting while it is open, or while an open job is taught by one of these runs.
        """
        self._queue.retry_state_writes()
        if self._store.is_open(job_id):
            raise InvalidSetting("deleting a job", expected="one that ended", got="an open one", hint="stop it")
        self._store.delete_job(job_id)

    def _idle(self, checkpoint: Callable[[], None]) -> float | None:
        # A shell's command ends with its job; only a server estimates another one.
        if not (self._warm and is_torch_imported()):
            return None
        measure_pace(checkpoint)
        return self.devices.remeasure_disturbed(checkpoint, self.busy)

    def _execute(self, plan: JobPlan, work: JobControl) -> None:
        context = JobContext(
            store=self._store,
            tasks=self.tasks,
            sink=work.log,
            checkpoint=work.checkpoint,
            timer=self._measurement_lock.exclusive(self._timer, lambda: work.waits),
            quick=self._measurement_lock.exclusive(quickly, lambda: work.waits),
            run_parallel=self._pool,
            clock=work.clock,
        )
        run_job(work.job_id, plan, context)

    def _enqueue(self, job_id: str, plan: JobPlan) -> None:
        try:
            self._queue.submit(job_id, partial(self._execute, plan))
        except Stopped as error:
            self._store.set_job_state(job_id, JobState.INTERRUPTED, error=str(error))
            raise

    def _note_state(self, job_id: str, state: str, error: str | None) -> None:
        if not self._store.set_job_state(job_id, JobState(state), error=error):
            self._queue.abandon(job_id)
