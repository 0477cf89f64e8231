"""A worker pool: threads that take short pieces of work side by side, for one job at a time."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from distill_core.jobs.control import LabClosing
from distill_core.jobs.priority import lower_thread_priority

__all__ = ["WorkerPool"]

WorkItem = Callable[[], None]


class WorkerPool:
    """So many threads, made when they are first needed. They hold nothing between two calls.

    Each runs ``initializer`` before its first piece; a thread whose ``initializer`` failed runs it again before its
    next one.
    """

    def __init__(self, size: int, *, initializer: Callable[[], None] = lambda: None) -> None:
        self._size = max(1, size)
        self._initializer = initializer
        self._own = threading.local()
        self._closed = False
        self._pool = ThreadPoolExecutor(
            self._size, thread_name_prefix="distill-crew", initializer=lower_thread_priority
        )

    def __call__(self, chains: Sequence[Sequence[WorkItem]]) -> None:
        """Do all pieces: those of one chain in their order and never two at once, different chains side by side.

        A free thread takes the chain that is least far, so that three chains keep two threads busy to the end.
        Raises: what ``initializer`` or the first failing piece raised, once every thread is at rest; pieces that were
        not begun stay so. Closing once the worker pool is closed, or the process ends.
        """
        board = _ChainScheduler(chains)
        try:
            working = [self._pool.submit(self._work, board) for _ in range(min(self._size, len(chains)))]
        except RuntimeError as error:
            if self._closed or "shutdown" in str(error):  # of this pool, or of the interpreter
                raise LabClosing("the lab is closing") from error
            raise
        wait(working)
        for one in working:
            one.result()

    def _work(self, board: "_ChainScheduler") -> None:
        # Not as the pool's initializer: of one that fails the pool says only that it is broken, and stays so.
        if not getattr(self._own, "begun", False):
            self._initializer()
            self._own.begun = True
        board.work()

    def close(self) -> None:
        """Let the threads go, each when its piece is done; may be called twice."""
        self._closed = True
        self._pool.shutdown(wait=False)


class _ChainScheduler:
    """How far every chain is, and which chains no thread has in hand."""

    def __init__(self, chains: Sequence[Sequence[WorkItem]]) -> None:
        self._chains = chains
        self._done = [0] * len(chains)
        self._idle = {place for place, chain in enumerate(chains) if chain}
        self._failed = False
        self._lock = threading.Lock()

    def work(self) -> None:
        """Take pieces until none is left that nobody else has in hand."""
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
            place = min(self._idle, key=lambda one: (self._done[one], one))
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
