"""The jobs of this lab, where several labs share one store."""

from distill_core.errors import START_AGAIN, InvalidSetting, NotFound, said
from distill_core.jobs.queue import JobQueue
from distill_core.store import OPEN_STATES, Store


class OwnJobs:
    """Writes the heartbeats of this lab, and abandons the jobs that another lab closed."""

    def __init__(self, store: Store, queue: JobQueue) -> None:
        self._store = store
        self._queue = queue
        self._lost = False

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
        self._queue.retry_state_writes()

    def _is_lost(self, job_id: str) -> bool:
        """Whether another lab closed this job, as while this machine slept; it may train the same runs by now."""
        try:
            return self._store.job(job_id).state not in OPEN_STATES
        except NotFound:
            return True
