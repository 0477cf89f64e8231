"""The queue: one worker thread that does one job after the other, and can be asked to pause, resume and stop."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from distill_core.errors import DistillError, Stopped
from distill_core.events import Event
from distill_core.jobs.priority import stand_back
from distill_core.jobs.work import Work

__all__ = ["JobQueue"]

KEPT_LOGS = 50
CLOSED = "the lab was closed while this job waited or ran"
LOG = logging.getLogger(__name__)

Execute = Callable[[str, Work], None]
OnState = Callable[[str, str, str | None], None]


class JobQueue:
    """Jobs in the order in which they came. States are told to ``on_state`` as they change.

    The worker lowers its own priority, so that pages stay quick, and runs ``prepare`` once; it is a daemon, and
    outlives every failure of a job. Whenever it has nothing to do it calls ``idle`` once, with a gate that raises
    Stopped as soon as there is something.
    """

    def __init__(
        self,
        execute: Execute,
        on_state: OnState,
        *,
        prepare: Callable[[], None] = lambda: None,
        idle: Callable[[Callable[[], None]], None] = lambda gate: None,
    ) -> None:
        self._execute = execute
        self._on_state = on_state
        self._prepare = prepare
        self._idle = idle
        self._changed = threading.Condition(threading.RLock())
        self._waiting: list[str] = []
        self._running: str | None = None
        self._works: dict[str, Work] = {}
        self._holders: list[object] = []  # who measures, then who waits for it
        self._closed = False
        self._idle_seconds = 0.0
        self._untold: dict[str, tuple[str, str | None]] = {}
        self._thread: threading.Thread | None = None

    def submit(self, job_id: str) -> None:
        """Put a job at the end of the queue. Raises Stopped once the queue is closed."""
        with self._changed:
            if self._closed:
                raise Stopped("the lab is closing; submit the job again when it is open")
            if job_id in self._waiting or job_id == self._running:
                return
            self._works.pop(job_id, None)  # a job that comes again is the newest one
            self._works[job_id] = Work(job_id, held=self._is_held, changed=self._changed)
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
        """The job waits at its next gate, or where it stands in the queue. Again changes nothing."""
        with self._changed:
            work = self._open(job_id)
            if work is not None and not work.paused and not work.stopped:
                work.paused = True
                self._tell(job_id, "paused")

    def resume(self, job_id: str) -> None:
        with self._changed:
            work = self._open(job_id)
            if work is not None and work.paused and not work.stopped:
                work.paused = False
                self._tell(job_id, "running" if job_id == self._running else "queued")
                self._changed.notify_all()

    def stop(self, job_id: str) -> None:
        """A running job ends at its next gate, a waiting one at once. Again changes nothing."""
        with self._changed:
            work = self._open(job_id)
            if work is None or work.stopped:
                return
            work.stopped = "stopped"
            if job_id in self._waiting:
                self._waiting.remove(job_id)
                self._tell(job_id, "stopped")
            self._changed.notify_all()

    def tell_again(self) -> None:
        """Tell the states that ``on_state`` refused, as on a full disk: without them a job that ended seems to run."""
        with self._changed:
            for job_id, (state, error) in tuple(self._untold.items()):
                self._tell(job_id, state, error)

    def position(self, job_id: str) -> int | None:
        """0 runs now, 1 is next; None is not in the queue."""
        with self._changed:
            if job_id == self._running:
                return 0
            return self._waiting.index(job_id) + 1 if job_id in self._waiting else None

    def wait(self, job_id: str, timeout_seconds: float) -> bool:
        """Wait until the job is not in the queue any more; answers whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open(job_id) is None, timeout_seconds)

    def events(self, job_id: str, start: int = 0) -> tuple[Event, ...]:
        """What the job has said from position ``start`` on; nothing where the job is not known any more."""
        work = self._works.get(job_id)
        return work.log.snapshot(start) if work is not None else ()

    @contextmanager
    def hold(self, timeout_seconds: float = 60.0) -> Iterator[None]:
        """Nothing trains inside: waits until the running job stands at its gate, or nothing runs.

        One holder at a time, since two who measure would disturb each other, and in the order in which they came: who
        holds again and again lets the others in between. Raises Stopped after the timeout.
        """
        ticket = object()
        with self._changed:
            self._holders.append(ticket)
            try:
                if not self._changed.wait_for(lambda: self._is_quiet_for(ticket), timeout_seconds):
                    raise Stopped(f"training did not pause within {timeout_seconds:g} s; try again")
            except BaseException:
                self._release(ticket)
                raise
        try:
            yield
        finally:
            with self._changed:
                self._release(ticket)

    def close(self, timeout_seconds: float = 5.0) -> None:
        """End the worker; what runs or waits is told to be interrupted. May be called twice."""
        with self._changed:
            self._closed = True
            waiting, self._waiting = self._waiting, []
            for job_id in waiting:
                self._tell(job_id, "interrupted", CLOSED)
            if self._running is not None and not self._works[self._running].stopped:
                self._works[self._running].stopped = "interrupted"
            self._changed.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_seconds)

    def _begin(self) -> None:
        if self._thread is None:
            thread = threading.Thread(target=self._work, name="distill-worker", daemon=True)
            thread.start()
            self._thread = thread

    def _work(self) -> None:
        stand_back()
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._ready() is not None, self._idle_seconds)
            if self._closed:
                return
        try:
            self._prepare()
        except Exception:
            LOG.exception("the worker could not prepare itself; a job that needs it will say why")
        self._rest()
        while (work := self._next()) is not None:
            outcome = self._outcome(work)
            # In one step: whoever pauses or stops meanwhile must not have the last word about a job that ended.
            with self._changed:
                self._tell(work.job_id, *outcome)
                self._running = None
                self._changed.notify_all()
            self._rest()

    def _rest(self) -> None:
        try:
            self._stays_idle()
            self._idle(self._stays_idle)
        except Stopped:
            pass
        except Exception:
            LOG.exception("what the worker does while nothing waits failed")

    def _stays_idle(self) -> None:
        with self._changed:
            if self._closed or self._holders or self._waiting:
                raise Stopped("there is something to do")

    def _next(self) -> Work | None:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._ready() is not None)
            job_id = self._ready()
            if self._closed or job_id is None:
                return None
            self._waiting.remove(job_id)
            self._running = job_id
            self._tell(job_id, "running")
            return self._works[job_id]

    def _ready(self) -> str | None:
        if self._holders:
            return None
        return next((job_id for job_id in self._waiting if not self._works[job_id].paused), None)

    def _outcome(self, work: Work) -> tuple[str, str | None]:
        try:
            self._execute(work.job_id, work)
        except Stopped:
            return ("interrupted", CLOSED) if work.stopped == "interrupted" else ("stopped", None)
        except DistillError as error:
            return "failed", str(error)
        except BaseException as error:  # SystemExit too: the queue outlives whatever a job does
            LOG.exception("job %s failed", work.job_id)
            return "failed", f"{type(error).__name__}: {error}"
        return "finished", None

    def _tell(self, job_id: str, state: str, error: str | None = None) -> None:
        try:
            self._on_state(job_id, state, error)
        except Exception:
            LOG.exception("the state %r of job %s could not be noted", state, job_id)
            self._untold[job_id] = state, error
        else:
            self._untold.pop(job_id, None)

    def _open(self, job_id: str) -> Work | None:
        return self._works.get(job_id) if job_id == self._running or job_id in self._waiting else None

    def _is_held(self) -> bool:
        return bool(self._holders)

    def _is_quiet_for(self, ticket: object) -> bool:
        return self._holders[0] is ticket and (self._running is None or self._works[self._running].waits)

    def _release(self, ticket: object) -> None:
        self._holders.remove(ticket)
        self._changed.notify_all()

    def _forget_old(self) -> None:
        ended = [job_id for job_id in self._works if job_id not in self._waiting and job_id != self._running]
        for job_id in ended[:-KEPT_LOGS]:
            del self._works[job_id]
