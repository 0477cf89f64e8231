"""The lab: plans, submits, watches and stops jobs; its parts do everything else for pages and the shell."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Self

from distill_core.deployment.latency import measure
from distill_core.deployment.server_measurement import Timer
from distill_core.errors import InvalidSetting, Stopped
from distill_core.execution.losses import needs_pairs
from distill_core.execution.pace_measurement import measure_pace
from distill_core.jobs.background_task import TaskStatus
from distill_core.jobs.heartbeat import Heartbeat
from distill_core.jobs.measurement_lock import MeasurementLock
from distill_core.jobs.pool import WorkerPool
from distill_core.jobs.process_exit import CLOSING_SECONDS, close_at_exit
from distill_core.jobs.queue import JobQueue
from distill_core.jobs.system_load import OtherProgramsLoad
from distill_core.jobs.torch_import import import_torch, is_torch_imported
from distill_core.lab.archives import Archives
from distill_core.lab.catalog import Catalog
from distill_core.lab.deleted import Deleted
from distill_core.lab.devices import Devices
from distill_core.lab.documents import Documents
from distill_core.lab.example import Example
from distill_core.lab.executors import Executor, ExecutorName, ProcessExecutor, ThreadExecutor, chosen_executor
from distill_core.lab.goals import Goals
from distill_core.lab.home import home_of
from distill_core.lab.job_events import WRITE_SECONDS, JobEvents
from distill_core.lab.job_views import JobViews
from distill_core.lab.kits import Kits
from distill_core.lab.naming import Naming
from distill_core.lab.new_job import check_admitted, new_job
from distill_core.lab.own_data import OwnDataSets
from distill_core.lab.own_jobs import OwnJobs
from distill_core.lab.plan_views import plan_view
from distill_core.lab.reports import Reports
from distill_core.lab.robustness import Robustness
from distill_core.lab.stored_network import network_of
from distill_core.lab.views import JobView, Plan
from distill_core.lab.voices import Voices
from distill_core.lazy_torch import nn
from distill_core.machine import available_threads
from distill_core.planning.job_plan import JobPlan, resolve
from distill_core.planning.limit import most_hours
from distill_core.planning.stored_plan import to_json
from distill_core.planning.stored_runs import StoredRuns, find_stored_runs
from distill_core.reports.readable import experiment_of
from distill_core.spec import Experiment
from distill_core.store import BEAT_SECONDS, EVERY_JOB, JobRecord, JobSearch, JobState, Store, is_untouched
from distill_core.tasks import TaskCatalog
from distill_core.training.precision import use_one_thread

# The first page is drawn within it: importing torch would slow that down.
WARM_UP_AFTER_SECONDS = 4.0
# The interval of polling a job of another lab.
OTHERS_SECONDS = 0.5
# The work of the largest network over that of a typical one (ResNet-32×4: 331).
LARGEST_OF_TYPICAL = 400


class Lab:
    """One home, one store, one queue, which its parts share (``catalog`` to ``robustness``); any number of threads may
    call it at once."""

    def __init__(self, home: Path, store: Store, *, timer: Timer, limit_hours: float, executor: ExecutorName) -> None:
        self.home = home
        self.tasks = TaskCatalog(home)
        self._limit_hours = limit_hours
        self._store = store
        self._pool = WorkerPool(available_threads(), initializer=use_one_thread)
        self._measurement_lock = MeasurementLock()
        own = ThreadExecutor(store, self.tasks, timer, self._measurement_lock, self._pool)
        self._executor: Executor = own if executor == "thread" else ProcessExecutor(home, timer, self._measurement_lock)
        self._queue = JobQueue(self._note_state, prepare=self._prepare, idle=self._idle)
        self._own_jobs = OwnJobs(store, self._queue)
        self._events = JobEvents(self._queue, store.events)
        self._views = JobViews(store, self._queue, self._events, self.tasks)
        self.catalog = Catalog(store, self.tasks)
        self.naming = Naming(store)
        self.archives = Archives(store, self.tasks)
        self.example = Example(store, self.archives)
        self.reports = Reports(store, self.tasks, self._pool)
        self.documents = Documents(store, self.reports)
        self.devices = Devices(store, self.tasks, self._queue, self._measurement_lock, timer)
        self.kits = Kits(store, self.tasks, self.reports, self.devices, self._measurement_lock)
        self.goals = Goals(store, self.tasks, self._queue, self._measurement_lock, timer)
        self.deleted = Deleted(self.archives, self.delete, home / "deleted")
        self.own_data = OwnDataSets(store, self.tasks)
        self.voices = Voices(store, self.naming, self.tasks.voices, self.submit)
        self.robustness = Robustness(store, self.tasks, self._measurement_lock)
        self._heartbeat = Heartbeat(self._own_jobs.beat, BEAT_SECONDS)
        self._events_writer = Heartbeat(self._events.write, WRITE_SECONDS)
        self._others = OtherProgramsLoad()
        self._warm = False
        close_at_exit(self)

    @classmethod
    def open(
        cls,
        home: Path | None = None,
        *,
        timer: Timer = measure,
        example: bool = False,
        executor: ExecutorName = "thread",
    ) -> Self:
        """Open the lab in ``home``, by default in ``home_of()``.

        ``timer`` measures latency; the default takes the two seconds that the lab's definition asks for. With
        ``example``, a home that was never opened shows it. ``executor``: where jobs work if the owner chose nothing.

        Raises: StorageFailed where folder or database cannot be used; InvalidSetting for a wrong setting of the owner.
        """
        chosen, limit_hours, executor = home_of(home), most_hours(), chosen_executor(executor)
        is_new = is_untouched(chosen)
        store = Store.open(chosen)
        try:
            store.sweep()
        except BaseException:
            store.close()
            raise
        lab = cls(chosen, store, timer=timer, limit_hours=limit_hours, executor=executor)
        if example and is_new:
            lab.example.show_first()
        return lab

    def close(self, timeout_seconds: float = CLOSING_SECONDS) -> None:
        """Close the worker, the background tasks and the store; may be called twice.

        Open jobs are stored as interrupted at once; then it waits for running threads, ``timeout_seconds`` in all.
        """
        ends = time.monotonic() + timeout_seconds
        self.interrupt()
        own = (self._queue.close, self._heartbeat.close, self._events_writer.close)
        for close in (*own, self.devices.close, self.robustness.close, self.goals.close, self.own_data.close):
            close(max(0.0, ends - time.monotonic()))
        self._executor.close()
        self._pool.close()
        self.deleted.sweep(everything=True)
        self._store.close()

    def interrupt(self) -> None:
        """Store open jobs as interrupted, let all that runs end at its next checkpoint, and start nothing else."""
        self.devices.stop_measuring()  # it may wait for the queue
        self.goals.stop_all()
        self.robustness.stop_testing()
        self.own_data.stop()
        self._queue.close(0.0)

    def warm_up(self) -> None:
        """Import torch, measure the pace of this machine, and go on with the jobs of labs that ended at work, in the
        background; returns at once. Idempotent."""
        self._warm = True
        self._own_jobs.go_on_with(self._enqueue)
        self._queue.warm_up(WARM_UP_AFTER_SECONDS)

    def busy(self) -> float | None:
        """The share of this machine's processors that other programs use now, 0 to 1; None where it is unknown."""
        return self._others.share()

    def background_tasks(self) -> tuple[TaskStatus, ...]:
        """The running background tasks: measurements, repeated ones, robustness tests, searches for a goal."""
        parts = (self.devices.measuring, self.devices.remeasuring, self.robustness.testing, self.own_data.adding)
        views = [part() for part in parts]
        return (*(view for view in views if view is not None and not view.finished), *self.goals.running())

    def plan(self, experiment: Experiment) -> Plan:
        """The plan of an experiment. Raises DistillError where it cannot work."""
        return self._plan(find_stored_runs(resolve(experiment, self._store, self.tasks), self._store))

    def _plan(self, stored: StoredRuns) -> Plan:
        task = self.tasks.get(stored.plan.experiment.task)
        return plan_view(stored, self._store, task, self._limit_hours, self.busy())

    def submit(self, asked: Experiment | Plan, *, called: JobRecord | None = None) -> str:
        """Queue an experiment, or a plan as it was shown, and return the id of its job.

        The id is that of an equal job where one waits, runs or is finished; a finished job with a run that failed or
        lacks a file is not taken, and those runs are trained again. A new job is called as ``called`` is.
        Waits for the import of torch where a method uses features, or the work may exceed this lab's limit.
        Raises: DistillError where the experiment cannot work or this machine cannot do it; nothing is stored then.
        """
        self._queue.retry_state_writes()
        resolved = asked.resolved if isinstance(asked, Plan) else resolve(asked, self._store, self.tasks)
        stored = find_stored_runs(resolved, self._store)
        plan = self._plan(stored)
        if not is_torch_imported() and (needs_pairs(resolved.runs) or self._may_be_long(plan)):
            import_torch()
            plan = self._plan(stored)
        check_admitted(plan, stored, self.tasks, self.home)
        record = new_job(plan, self._store.lab_id, called)
        filed = self._store.add_job(record, stored.links(), lacks_runs=stored.lacks_runs, plan=to_json(resolved))
        if filed.id == record.id:
            self._enqueue(record.id, resolved)
        return filed.id

    def _may_be_long(self, plan: Plan) -> bool:
        """Whether it may exceed the limit: without torch, sizes are unknown and every network counts as small."""
        return plan.job_id is None and plan.expected_seconds > 3600 * self._limit_hours / LARGEST_OF_TYPICAL

    def job(self, job_id: str) -> JobView:
        """One job with all its events. Raises NotFound."""
        return self._views.of(self._store.job(job_id))

    def steady(self) -> AbstractContextManager[None]:
        """For one run of a page: what is asked inside is asked of the store as it was at the first question, and of a
        newer one after this process wrote."""
        return self._store.steady()

    def wait(self, job_id: str, timeout_seconds: float) -> JobView:
        """The job once it has ended, or after ``timeout_seconds``. Raises NotFound."""
        ends = time.monotonic() + timeout_seconds
        while self._queue.wait(job_id, ends - time.monotonic()) and self._views.is_open(self._store.job(job_id)):
            left = ends - time.monotonic()
            if left <= 0:
                break
            time.sleep(min(left, OTHERS_SECONDS))  # a job of another lab, which notifies nothing here
        return self.job(job_id)

    def shown_in(self, run_id: str) -> JobView:
        """The newest job that shows a run. Raises NotFound, CorruptFile."""
        return self.job(self._store.shown_last(run_id).job_id)

    def network(self, run_id: str) -> nn.Module:
        """The network of a finished run with its weights: float32, in eval mode, on the CPU. Imports torch.

        Raises: NotFound; CorruptFile; InvalidSetting for a run that is a file in fewer bits, without a network.
        """
        return network_of(self._store, self.tasks, run_id)

    def jobs(
        self,
        limit: int = 20,
        *,
        search: JobSearch = EVERY_JOB,
        states: Sequence[JobState] | None = None,
        skip: int = 0,
        fits: Callable[[Experiment], bool] | None = None,
    ) -> tuple[JobView, ...]:
        """The newest jobs that are searched for (``job_search.searching``), after the first ``skip`` of them; without
        ``reports.unreadable_jobs``. ``fits`` is asked for the newest 1,000."""
        return self._views.newest(limit, search, states, skip, fits)

    def queue(self) -> tuple[JobView, ...]:
        """The running and waiting jobs in the order of execution."""
        return self._views.open_jobs()

    def pause(self, job_id: str) -> None:
        self._queue.pause(self._own_jobs.check(job_id))

    def resume(self, job_id: str) -> None:
        self._queue.resume(self._own_jobs.check(job_id))

    def stop(self, job_id: str) -> None:
        """End a job; its finished runs stay."""
        self._queue.stop(self._own_jobs.check(job_id))

    def restart(self, job_id: str) -> str:
        """Submit a job's specification again; runs that are finished are not trained twice."""
        record = self._store.job(job_id)
        return self.submit(experiment_of(record, self.tasks), called=record)

    def delete(self, job_id: str) -> None:
        """Delete a job and the runs that no other job shows, for good; ``deleted.delete`` keeps it for some minutes.

        Raises: NotFound; InvalidSetting while it is open, or while one of these runs teaches in an open job.
        """
        self._queue.retry_state_writes()
        if self._store.is_open(job_id):
            raise InvalidSetting("deleting a job", expected="one that ended", got="an open one", hint="stop it")
        self._store.delete_job(job_id)

    def _prepare(self) -> None:
        self._executor.prepare()
        import_torch()

    def _idle(self, checkpoint: Callable[[], None]) -> float | None:
        # Only a server estimates a next job; a shell's command ends with its own.
        if not (self._warm and is_torch_imported()):
            return None
        measure_pace(checkpoint)
        return self.devices.remeasure_disturbed(checkpoint, self.busy)

    def _enqueue(self, job_id: str, plan: JobPlan, paused: bool = False) -> None:
        try:
            self._queue.submit(job_id, partial(self._executor, plan), paused=paused)
        except Stopped as error:
            self._store.set_job_state(job_id, JobState.INTERRUPTED, error=error.text)
            raise

    def _note_state(self, job_id: str, state: str, error: str | None) -> None:
        if not self._store.set_job_state(job_id, JobState(state), error=error):
            self._queue.abandon(job_id)
        self.voices.note_state(job_id, JobState(state))
