"""The queue: one worker thread that does one job after the other, and can be asked to pause, resume and stop."""

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

__all__ = ["JobQueue"]

KEPT_LOGS = 50
LOG = logging.getLogger(__name__)


class JobQueue:
    """Jobs in the order in which they came. States are told to ``on_state`` as they change, in their order and outside
    of the queue's lock: who asks for a position never waits for a disk.

    The worker lowers its own priority, so that pages stay quick, and runs ``prepare`` once; it is a daemon, and
    outlives every failure of a job. Whenever it has nothing to do it calls ``idle`` once, with a checkpoint that raises
    Stopped as soon as there is something; what was cut off so is called again afterwards, and what answers with a
    number of seconds after so many.
    """

    def __init__(
        self,
        execute: Execute,
        on_state: OnState,
        *,
        prepare: Callable[[], None] = lambda: None,
        idle: Callable[[Callable[[], None]], float | None] = lambda checkpoint: None,
    ) -> None:
        self._execute = execute
        self._states = StateWriter(on_state)
        self._prepare = prepare
        self._idle = idle
        self._changed = threading.Condition(threading.RLock())
        self._waiting: list[str] = []
        self._running: str | None = None
        self._works: dict[str, JobControl] = {}
        self._holders = Holders(self._changed)
        self._closed = False
        self._idle_seconds = 0.0
        self._rested = False  # ``idle`` was called since the last job, and not cut off
        self._resting = False  # it is under way
        self._rests_again: float | None = None  # when, by the monotonic clock
        self._thread: threading.Thread | None = None

    def submit(self, job_id: str) -> None:
        """Put a job at the end of the queue. Raises Stopped once the queue is closed."""
        with self._changed:
            if self._closed:
                raise Stopped("the lab is closing; submit the job again when it is open")
            if job_id in self._waiting or job_id == self._running:
                return
            self._works.pop(job_id, None)  # a job that comes again is the newest one
            self._works[job_id] = JobControl(job_id, held=lambda: bool(self._holders), changed=self._changed)
            self._waiting.append(job_id)
            self._forget_old()
            self._begin()
            self._changed.notify_all()

    def warm_up(self, after_seconds: float) -> None:
        """Start the worker, which prepares itself after so long or when the first job comes. Again changes nothing."""
        with self._changed:
            self._idle_seconds = after_seconds
            if not self._closed:
                self._begin()

    def pause(self, job_id: str) -> None:
        """The job waits at its next checkpoint, or where it stands in the queue. Again changes nothing."""
        with self._changed:
            work = self._open(job_id)
            if work is not None and not work.paused and not work.stopped:
                work.paused = True
                self._states.add(job_id, "paused")
        self._states.write()

    def resume(self, job_id: str) -> None:
        with self._changed:
            work = self._open(job_id)
            if work is not None and work.paused and not work.stopped:
                work.paused = False
                self._states.add(job_id, "running" if job_id == self._running else "queued")
                self._changed.notify_all()
        self._states.write()

    def stop(self, job_id: str) -> None:
        """A running job ends at its next checkpoint, a waiting one at once. Again changes nothing."""
        with self._changed:
            work = self._open(job_id)
            if work is not None and not work.stopped:
                work.stopped = "stopped"
                if job_id != self._running:
                    self._end(work, "stopped")
                self._changed.notify_all()
        self._settle()

    def abandon(self, job_id: str) -> None:
        """End a job that is not this queue's any more, as ``stop``; nothing is told of it from now on."""
        with self._changed:
            work = self._open(job_id)
            if work is not None:
                work.stopped, work.ended = "abandoned", True
                self._clear()

    def retry_state_writes(self) -> None:
        """Tell the states that ``on_state`` refused, as on a full disk: without them a job that ended seems to run."""
        self._states.retry()

    def unsaved_state(self, job_id: str) -> tuple[str, str | None] | None:
        """The state of a job, and its reason, that ``on_state`` refused; None where it took the newest one."""
        return self._states.unsaved(job_id)

    def job_ids(self) -> tuple[str, ...]:
        """What runs and what waits."""
        with self._changed:
            return (*([self._running] if self._running is not None else []), *self._waiting)

    def running_seconds(self, job_id: str, since: float | None = None) -> float | None:
        """How long the job has worked, by the monotonic clock: since it began, or since a later moment of that clock.
        What it waited at its checkpoint is left out. None where it has not begun here."""
        work = self._works.get(job_id)
        if work is None or work.began is None:
            return None
        return work.worked_seconds(work.began if since is None else since)

    def position(self, job_id: str) -> int | None:
        """0 runs now, 1 is next; None is not in the queue."""
        with self._changed:
            if job_id == self._running:
                return 0
            return self._waiting.index(job_id) + 1 if job_id in self._waiting else None

    def wait(self, job_id: str, timeout_seconds: float) -> bool:
        """Wait until the job is not in the queue any more; answers whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._is_here(job_id), timeout_seconds)

    def events(self, job_id: str, start: int = 0) -> tuple[Event, ...]:
        """What the job has said from position ``start`` on; nothing where the job is not known any more."""
        work = self._works.get(job_id)
        return work.log.snapshot(start) if work is not None else ()

    def hold(self, timeout_seconds: float = 60.0) -> AbstractContextManager[None]:
        """Nothing trains inside: waits until the running job stands at its checkpoint, or nothing runs, and cuts off
        what is done while nothing waits. One holder at a time, in the order in which they came, since two who measure
        would disturb each other. Raises Stopped after the timeout.
        """
        return self._holders.turn(self._is_quiet, timeout_seconds)

    def close(self, timeout_seconds: float = CLOSING_SECONDS) -> None:
        """End the worker at its next checkpoint. What runs or waits is told to be interrupted before that is waited
        for.

        May be called twice.
        """
        with self._changed:
            self._closed = True
            for job_id in self.job_ids():
                if work := self._open(job_id):
                    work.stopped = work.stopped or "interrupted"
                    self._end(work, work.stopped, CLOSED if work.stopped == "interrupted" else None)
            self._changed.notify_all()
            thread = self._thread
        self._states.retry()
        self._settle()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_seconds)

    def _begin(self) -> None:
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
            if not self._closed:  # where the process ends, nothing can be loaded any more
                LOG.exception("the worker could not prepare itself; a job that needs it will say why")
        while (work := self._next()) is not None:
            outcome = outcome_of(self._execute, work)
            with self._changed:
                # From here on whoever pauses or stops comes too late: the end has the last word.
                if not work.ended:
                    self._end(work, *outcome)
            self._states.write()
            with self._changed:
                self._running = None
                self._rested = False
                self._changed.notify_all()

    def _rest(self) -> None:
        again = None
        try:
            again = self._idle(self._stays_idle)
        except Stopped:
            pass
        except Exception:
            LOG.exception("what the worker does while nothing waits failed")
        finally:
            with self._changed:
                self._resting = False
                self._rests_again = None if again is None else time.monotonic() + again
                self._changed.notify_all()

    def _stays_idle(self) -> None:
        with self._changed:
            if self._closed or self._holders or self._ready() is not None:
                self._rested = False
                raise Stopped("there is something to do")

    def _next(self) -> JobControl | None:
        """The next job, whenever it comes; None once the queue is closed."""
        while not (work := self._begun()) and not self._closed:
            self._rest()
        self._states.write()
        return work

    def _begun(self) -> JobControl | None:
        """The next job, once there is one; None where the queue is closed, or the worker may rest."""
        with self._changed:
            while not self._changed.wait_for(
                lambda: self._closed or self._ready() is not None or self._may_rest(), self._until_rest()
            ):
                pass
            job_id = self._ready()
            if self._closed:
                return None
            if job_id is None:
                self._rested = self._resting = True
                return None
            self._waiting.remove(job_id)
            self._running = job_id
            work = self._works[job_id]
            work.began = time.monotonic()
            self._states.add(job_id, "running")
        return work

    def _may_rest(self) -> bool:
        due = self._rests_again is not None and time.monotonic() >= self._rests_again
        return not self._holders and (due or not self._rested)

    def _until_rest(self) -> float | None:
        """Seconds until what is done while nothing waits is to be done again; None where only a change allows it."""
        left = None if self._rests_again is None else self._rests_again - time.monotonic()
        # Once it is due only a holder keeps it off, who tells when he goes.
        return left if left is not None and left > 0 else None

    def _ready(self) -> str | None:
        if self._holders:
            return None
        able = (self._works[job_id] for job_id in self._waiting)
        return next((work.job_id for work in able if not work.paused and not work.ended), None)

    def _end(self, work: JobControl, state: str, error: str | None = None) -> None:
        work.ended = True
        self._states.add(work.job_id, state, error)

    def _settle(self) -> None:
        """Tell what was noted; then those that ended while they waited leave the queue."""
        self._states.write()
        self._clear()

    def _clear(self) -> None:
        with self._changed:
            self._waiting = [job_id for job_id in self._waiting if not self._works[job_id].ended]
            self._changed.notify_all()

    def _open(self, job_id: str) -> JobControl | None:
        """The work of a job that waits or runs, unless its end is being told."""
        work = self._works.get(job_id) if self._is_here(job_id) else None
        return None if work is None or work.ended else work

    def _is_here(self, job_id: str) -> bool:
        return job_id == self._running or job_id in self._waiting

    def _is_quiet(self) -> bool:
        return not self._resting and (self._running is None or self._works[self._running].waits)

    def _forget_old(self) -> None:
        ended = [job_id for job_id in self._works if job_id not in self._waiting and job_id != self._running]
        for job_id in ended[:-KEPT_LOGS]:
            del self._works[job_id]
