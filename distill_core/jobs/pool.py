"""A pool of threads that run short work items in parallel, for one job at a time."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from distill_core.jobs.control import LabClosing
from distill_core.jobs.priority import lower_thread_priority

WorkItem = Callable[[], None]


class WorkerPool:
    """``size`` threads, started when first needed. They keep no state between calls.

    Each thread runs ``initializer`` before its first work item, and again after ``initializer`` failed.
    """

    def __init__(self, size: int, *, initializer: Callable[[], None] = lambda: None) -> None:
        self._size = max(1, size)
        self._initializer = initializer
        self._own = threading.local()
        self._closed = False
        self._pool = ThreadPoolExecutor(
            self._size, thread_name_prefix="distill-pool", initializer=lower_thread_priority
        )

    def __call__(self, chains: Sequence[Sequence[WorkItem]]) -> None:
        """Run all work items: those of one chain serially in their order, different chains in parallel.

        A free thread takes the chain with the fewest items done, so that three chains keep two threads busy.
        Raises: what ``initializer`` or the first failing item raised, once every thread is idle; no further item is
        started. LabClosing once the pool is closed, or the process ends.
        """
        scheduler = _ChainScheduler(chains)
        try:
            working = [self._pool.submit(self._work, scheduler) for _ in range(min(self._size, len(chains)))]
        except RuntimeError as error:
            if self._closed or "shutdown" in str(error):  # of this pool, or of the interpreter
                raise LabClosing("the lab is closing") from error
            raise
        wait(working)
        for future in working:
            future.result()

    def _work(self, scheduler: "_ChainScheduler") -> None:
        # Not the executor's own initializer: after a failure the executor is broken for good and hides the error.
        if not getattr(self._own, "initialized", False):
            self._initializer()
            self._own.initialized = True
        scheduler.work()

    def close(self) -> None:
        """Release the threads, each after its work item; may be called twice."""
        self._closed = True
        self._pool.shutdown(wait=False)


class _ChainScheduler:
    """The number of items done of each chain, and the chains that no thread is working on."""

    def __init__(self, chains: Sequence[Sequence[WorkItem]]) -> None:
        self._chains = chains
        self._done = [0] * len(chains)
        self._idle = {place for place, chain in enumerate(chains) if chain}
        self._failed = False
        self._lock = threading.Lock()

    def work(self) -> None:
        """Run work items until no idle chain is left."""
        while (place := self._next_chain()) is not None:
            try:
                self._chains[place][self._done[place]]()
            except BaseException:
                self._give_up()
                raise
            self._put_back(place)

    def _next_chain(self) -> int | None:
        with self._lock:
            if not self._idle:
                return None
            place = min(self._idle, key=lambda index: (self._done[index], index))
            self._idle.remove(place)
            return place

    def _put_back(self, place: int) -> None:
        with self._lock:
            self._done[place] += 1
            if self._done[place] < len(self._chains[place]) and not self._failed:
                self._idle.add(place)

    def _give_up(self) -> None:
        with self._lock:
            self._failed = True
            self._idle.clear()
