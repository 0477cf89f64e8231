"""The jobs of this lab, where several labs share one store."""

import logging
from collections.abc import Callable

from distill_core.errors import START_AGAIN, InvalidSetting, NotFound, said
from distill_core.jobs.queue import JobQueue
from distill_core.planning.job_plan import JobPlan
from distill_core.planning.stored_plan import of_json
from distill_core.store import OPEN_STATES, JobState, Store

Enqueue = Callable[[str, JobPlan, bool], None]
CANNOT_GO_ON = said("the plan of this job is of another version; {again}", START_AGAIN)
LOG = logging.getLogger(__name__)


class OwnJobs:
    """Writes the heartbeats of this lab, and abandons the jobs that another lab closed."""

    def __init__(self, store: Store, queue: JobQueue) -> None:
        self._store = store
        self._queue = queue
        self._lost = False
        self._enqueue: Enqueue | None = None

    def go_on_with(self, enqueue: Enqueue) -> None:
        """From now on take over the jobs of labs that ended at work; ``enqueue`` puts one into the queue."""
        self._enqueue = enqueue

    def check(self, job_id: str) -> str:
        """The job's id. Raises NotFound, or InvalidSetting where another lab has it in its queue."""
        self._queue.retry_state_writes()
        # In this order: a job's final state is written before it leaves the queue.
        if self._queue.position(job_id) is None and self._store.job(job_id).state in OPEN_STATES:
            expected = "a job of this lab's queue"
            hint = said("do it there, or close that lab and {how}", START_AGAIN)
            raise InvalidSetting("this job", expected=expected, got="one of another lab", hint=hint)
        return job_id

    def beat(self) -> None:
        """Write a heartbeat, abandon the jobs that another lab closed, and close those of labs that ended."""
        # ``Store.beat`` returns False once; where reading a job fails, the next heartbeat reads them again.
        self._lost = not self._store.beat() or self._lost
        if self._lost:
            for job_id in self._queue.job_ids():
                if self._is_lost(job_id):
                    self._queue.abandon(job_id)
            self._lost = False
        self._store.mark_interrupted()
        self._store.sweep_half_trained()
        self._take_over()
        self._queue.retry_state_writes()

    def _take_over(self) -> None:
        enqueue = self._enqueue
        if enqueue is None:
            return
        for job in self._store.take_over():
            try:
                plan = of_json(job.plan)
            except (ValueError, LookupError, TypeError) as error:
                LOG.warning("job %s cannot go on: %s", job.id, error)
                self._store.set_job_state(job.id, JobState.INTERRUPTED, error=CANNOT_GO_ON)
            else:
                enqueue(job.id, plan, job.paused)

    def _is_lost(self, job_id: str) -> bool:
        """Whether another lab closed this job, as while this machine slept; it may train the same runs by now."""
        try:
            job = self._store.job(job_id)
            return job.state not in OPEN_STATES or job.owner != self._store.lab_id
        except NotFound:
            return True
