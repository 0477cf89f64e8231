"""The queue: one worker thread that executes jobs one after the other; jobs can be paused, resumed and stopped."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from distill_core.errors import Stopped
from distill_core.events import Event
from distill_core.jobs.control import JobControl
from distill_core.jobs.holders import Holders
from distill_core.jobs.outcomes import CLOSED, Execute, outcome_of
from distill_core.jobs.priority import lower_thread_priority
from distill_core.jobs.process_exit import CLOSING_SECONDS
from distill_core.jobs.state_writer import OnState, StateWriter

KEPT_LOGS = 50
LOG = logging.getLogger(__name__)


class JobQueue:
    """Jobs in order of submission. ``on_state`` gets every state change in order and outside of the queue's lock, so
    that ``position`` never waits for a disk.

    The worker thread lowers its own priority and runs ``prepare`` once; it is a daemon and survives every failure of a
    job. Without a job it calls ``idle`` once, with a checkpoint that raises Stopped as soon as a job is ready. An
    interrupted ``idle`` is called again afterwards, and one that returns seconds is called again after them.
    """

    def __init__(
        self,
        on_state: OnState,
        *,
        prepare: Callable[[], None] = lambda: None,
        idle: Callable[[Callable[[], None]], float | None] = lambda checkpoint: None,
    ) -> None:
        self._states = StateWriter(on_state)
        self._prepare = prepare
        self._idle = idle
        self._changed = threading.Condition(threading.RLock())
        self._waiting: dict[str, Execute] = {}
        self._running: str | None = None
        self._controls: dict[str, JobControl] = {}
        self._holders = Holders(self._changed)
        self._closed = False
        self._idle_seconds = 0.0
        self._idle_done = False  # ``idle`` has returned since the last job
        self._idling = False  # ``idle`` is running
        self._idle_due: float | None = None  # when to call it again, by the monotonic clock
        self._thread: threading.Thread | None = None

    def submit(self, job_id: str, execute: Execute, *, paused: bool = False) -> None:
        """Put a job at the end of the queue; ``execute`` does its work. Raises Stopped once the queue is closed."""
        with self._changed:
            if self._closed:
                raise Stopped("the lab is closing; submit the job again when it is open")
            if job_id in self._waiting or job_id == self._running:
                return
            self._controls.pop(job_id, None)  # a resubmitted job becomes the newest
            self._controls[job_id] = JobControl(job_id, held=lambda: bool(self._holders), changed=self._changed)
            self._controls[job_id].paused = paused
            self._waiting[job_id] = execute
            self._forget_old()
            self._start_worker()
            self._changed.notify_all()

    def warm_up(self, after_seconds: float) -> None:
        """Start the worker, which runs ``prepare`` after ``after_seconds`` or at the first job. Idempotent."""
        with self._changed:
            self._idle_seconds = after_seconds
            if not self._closed:
                self._start_worker()

    def pause(self, job_id: str) -> None:
        """Make the job wait at its next checkpoint, or keep its place in the queue. Idempotent."""
        with self._changed:
            control = self._open(job_id)
            if control is not None and not control.paused and not control.stopped:
                control.paused = True
                self._states.add(job_id, "paused")
                self._changed.notify_all()
        self._states.write()

    def resume(self, job_id: str) -> None:
        with self._changed:
            control = self._open(job_id)
            if control is not None and control.paused and not control.stopped:
                control.paused = False
                self._states.add(job_id, "running" if job_id == self._running else "queued")
                self._changed.notify_all()
        self._states.write()

    def stop(self, job_id: str) -> None:
        """End a running job at its next checkpoint, a waiting job at once. Idempotent."""
        with self._changed:
            control = self._open(job_id)
            if control is not None and not control.stopped:
                control.stopped = "stopped"
                if job_id != self._running:
                    self._end(control, "stopped")
                self._changed.notify_all()
        self._write_and_clear()

    def abandon(self, job_id: str) -> None:
        """End a job that another lab owns now, as ``stop`` does, without writing further states."""
        with self._changed:
            control = self._open(job_id)
            if control is not None:
                control.stopped, control.ended = "abandoned", True
                self._clear()

    def retry_state_writes(self) -> None:
        """Write the states again that ``on_state`` refused. See ``StateWriter.retry``."""
        self._states.retry()

    def unsaved_state(self, job_id: str) -> tuple[str, str | None] | None:
        """The state of a job and its reason that ``on_state`` refused; None where it took the newest state."""
        return self._states.unsaved(job_id)

    def job_ids(self) -> tuple[str, ...]:
        """The running job, then the waiting jobs."""
        with self._changed:
            return (*([self._running] if self._running is not None else []), *self._waiting)

    def running_seconds(self, job_id: str, since: float | None = None) -> float | None:
        """Seconds that the job has worked since its start, or since ``since`` (monotonic clock), without its waits at
        checkpoints. None where it has not started here."""
        control = self._controls.get(job_id)
        if control is None or control.began is None:
            return None
        return control.worked_seconds(control.began if since is None else since)

    def position(self, job_id: str) -> int | None:
        """0: running, 1: next; None: not in the queue."""
        with self._changed:
            if job_id == self._running:
                return 0
            return [*self._waiting].index(job_id) + 1 if job_id in self._waiting else None

    def wait(self, job_id: str, timeout_seconds: float) -> bool:
        """Wait until the job has left the queue; returns whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._is_here(job_id), timeout_seconds)

    def events(self, job_id: str, start: int = 0) -> tuple[Event, ...]:
        """Events of the job from index ``start`` on; empty where the job is unknown."""
        control = self._controls.get(job_id)
        return control.log.snapshot(start) if control is not None else ()

    def hold(self, timeout_seconds: float = 60.0) -> AbstractContextManager[None]:
        """Hold all training: waits until the running job is at its checkpoint or no job runs, and interrupts ``idle``.
        One holder at a time, first come, first served, since two measurements would disturb each other. Raises Stopped
        after the timeout.
        """
        return self._holders.turn(self._is_quiet, timeout_seconds)

    def close(self, timeout_seconds: float = CLOSING_SECONDS) -> None:
        """End the worker at its next checkpoint. Running and waiting jobs are written as interrupted before it waits.

        May be called twice.
        """
        with self._changed:
            self._closed = True
            for job_id in self.job_ids():
                if control := self._open(job_id):
                    control.stopped = control.stopped or "interrupted"
                    self._end(control, control.stopped, CLOSED if control.stopped == "interrupted" else None)
            self._changed.notify_all()
            thread = self._thread
        self._states.retry()
        self._write_and_clear()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_seconds)

    def _start_worker(self) -> None:
        if self._thread is None:
            thread = threading.Thread(target=self._work, name="distill-worker", daemon=True)
            thread.start()
            self._thread = thread

    def _work(self) -> None:
        lower_thread_priority()
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._ready() is not None, self._idle_seconds)
            if self._closed:
                return
        try:
            self._prepare()
        except Exception:
            if not self._closed:  # at the end of the process imports fail
                LOG.exception("the worker could not prepare itself; a job that needs it will report why")
        while (job := self._next()) is not None:
            control, execute = job
            outcome = outcome_of(execute, control)
            with self._changed:
                # From here on a pause or stop has no effect: the final state is written last.
                if not control.ended:
                    self._end(control, *outcome)
            self._states.write()
            with self._changed:
                self._running = None
                self._idle_done = False
                self._changed.notify_all()

    def _run_idle(self) -> None:
        again = None
        try:
            again = self._idle(self._stays_idle)
        except Stopped:
            pass
        except Exception:
            LOG.exception("the idle work of the worker failed")
        finally:
            with self._changed:
                self._idling = False
                self._idle_due = None if again is None else time.monotonic() + again
                self._changed.notify_all()

    def _stays_idle(self) -> None:
        with self._changed:
            if self._closed or self._holders or self._ready() is not None:
                self._idle_done = False
                raise Stopped("a job is ready")

    def _next(self) -> tuple[JobControl, Execute] | None:
        """Wait for the next job; None once the queue is closed."""
        while not (job := self._take_next()) and not self._closed:
            self._run_idle()
        self._states.write()
        return job

    def _take_next(self) -> tuple[JobControl, Execute] | None:
        """Wait for the next job and mark it running; None where the queue is closed, or ``idle`` is due."""
        with self._changed:
            while not self._changed.wait_for(
                lambda: self._closed or self._ready() is not None or self._may_idle(), self._until_idle()
            ):
                pass
            job_id = self._ready()
            if self._closed:
                return None
            if job_id is None:
                self._idle_done = self._idling = True
                return None
            execute = self._waiting.pop(job_id)
            self._running = job_id
            control = self._controls[job_id]
            control.began = time.monotonic()
            self._states.add(job_id, "running")
        return control, execute

    def _may_idle(self) -> bool:
        due = self._idle_due is not None and time.monotonic() >= self._idle_due
        return not self._holders and (due or not self._idle_done)

    def _until_idle(self) -> float | None:
        """Seconds until ``idle`` is due again; None where only a notification makes it due."""
        left = None if self._idle_due is None else self._idle_due - time.monotonic()
        # Once due, only a holder delays it, and ``Holders`` notifies at the end.
        return left if left is not None and left > 0 else None

    def _ready(self) -> str | None:
        if self._holders:
            return None
        waiting = (self._controls[job_id] for job_id in self._waiting)
        return next((control.job_id for control in waiting if not control.paused and not control.ended), None)

    def _end(self, control: JobControl, state: str, error: str | None = None) -> None:
        control.ended = True
        self._states.add(control.job_id, state, error)

    def _write_and_clear(self) -> None:
        """Write the added states; then remove waiting jobs that ended from the queue."""
        self._states.write()
        self._clear()

    def _clear(self) -> None:
        with self._changed:
            self._waiting = {job_id: do for job_id, do in self._waiting.items() if not self._controls[job_id].ended}
            self._changed.notify_all()

    def _open(self, job_id: str) -> JobControl | None:
        """The control of a waiting or running job; None once its final state is decided."""
        control = self._controls.get(job_id) if self._is_here(job_id) else None
        return None if control is None or control.ended else control

    def _is_here(self, job_id: str) -> bool:
        return job_id == self._running or job_id in self._waiting

    def _is_quiet(self) -> bool:
        return not self._idling and (self._running is None or self._controls[self._running].waits)

    def _forget_old(self) -> None:
        ended = [job_id for job_id in self._controls if job_id not in self._waiting and job_id != self._running]
        for job_id in ended[:-KEPT_LOGS]:
            del self._controls[job_id]
