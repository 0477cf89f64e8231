"""The context of a running job."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from distill_core.deployment.latency import measure
from distill_core.deployment.server_measurement import Timer, quickly
from distill_core.events import Sink
from distill_core.jobs.runners import ParallelRunner, run_serially
from distill_core.store import Store
from distill_core.tasks import TaskCatalog


@dataclass(frozen=True, kw_only=True, slots=True)
class JobContext:
    """``checkpoint`` waits while the job is paused and raises Stopped when it should end. ``run_parallel`` runs the
    steps of small students. ``quick`` is the timer of searches. ``clock`` gives seconds and stands while the job is
    paused."""

    store: Store
    tasks: TaskCatalog
    sink: Sink
    checkpoint: Callable[[], None]
    timer: Timer = measure
    quick: Timer = quickly
    run_parallel: ParallelRunner = run_serially
    clock: Callable[[], float] = time.monotonic
