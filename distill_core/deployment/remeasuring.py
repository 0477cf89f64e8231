"""Repeats measurements that other programs disturbed, while nothing trains and the machine is quiet."""

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from distill_core.deployment.eager import EAGER
from distill_core.deployment.rounds import SAME, is_compared, of_rounds
from distill_core.deployment.server_measurement import ONNXRUNTIME, LatencyTask, Timer, measure_runs, run_latency_task
from distill_core.errors import CorruptFile, DistillError, NotFound, Stopped
from distill_core.jobs.background_task import TaskStatus
from distill_core.machine import device_name, environment
from distill_core.store import Measurement, RunRecord, Store
from distill_core.tasks import TASKS, Tasks

LOG = logging.getLogger(__name__)
# Pause before the next attempt: short enough for the load of other programs since the last one to count as current.
NEXT_TRY_SECONDS = 30.0
# The largest share of the processors that other programs may use during an attempt.
QUIET = 0.1
MOST_TRIES = 3
TITLE = "Measuring again what other programs disturbed"


class Remeasuring:
    """Counts the attempts for each disturbed measurement; ``MOST_TRIES`` is the limit."""

    def __init__(self, tasks: Tasks = TASKS) -> None:
        self._tasks = tasks
        self._tries: dict[object, int] = {}
        self.view: TaskStatus | None = None  # while something is measured

    def __call__(
        self, store: Store, checkpoint: Callable[[], None], timer: Timer, busy: Callable[[], float | None]
    ) -> float | None:
        """Repeat disturbed measurements; returns the seconds until the next attempt, None where nothing is left.

        ``checkpoint`` may raise to end the work; ``busy``: the share (0 to 1) of processors that other programs use.
        """
        left = False
        for key, measure in _disturbed(store, checkpoint, timer, self._tasks):
            if self._tries.get(key, 0) >= MOST_TRIES:
                continue
            left = True
            if (busy() or 0.0) > QUIET:
                break
            checkpoint()
            self._tries[key] = self._tries.get(key, 0) + self._try(measure)
        return NEXT_TRY_SECONDS if left else None

    def _try(self, measure: Callable[[], object]) -> int:
        """Measure; returns how many attempts it counts as. Logs errors, so that others are measured. Raises Stopped."""
        self.view = TaskStatus(title=TITLE, step="", done=0, total=1)
        try:
            measure()
        except Stopped:
            raise
        except (NotFound, CorruptFile):  # its run or its file is gone
            return MOST_TRIES
        except DistillError as error:
            LOG.warning("a disturbed latency could not be measured again: %s", error)
        finally:
            self.view = None
        return 1


def _disturbed(
    store: Store, checkpoint: Callable[[], None], timer: Timer, tasks: Tasks
) -> Iterator[tuple[object, Callable[[], object]]]:
    """Disturbed measurements without a later undisturbed one: rounds by their graphs, then single measurements."""
    measured = _measured_here(store)
    compared = of_rounds([taken for taken in measured if is_compared(taken)])
    rounds = {frozenset(group): list(group.values()) for group in compared.values() if len(group) > 1}
    quiet = [graphs for graphs, group in rounds.items() if not any(taken.disturbed for taken in group)]
    for graphs, group in rounds.items():
        if any(taken.disturbed for taken in group) and not any(graphs <= other for other in quiet):
            yield graphs, lambda group=group: measure_runs(_runs(store, group), store, checkpoint, timer)  # type: ignore[misc]
    in_rounds = {graph for graphs in rounds for graph in graphs}
    single = {
        (taken.graph, taken.provider, taken.precision, taken.threads, taken.batch_size): taken
        for taken in measured
        if not (is_compared(taken) and taken.graph in in_rounds)
    }
    for key, taken in single.items():
        if taken.disturbed:
            again = partial(run_latency_task, store=store, checkpoint=checkpoint, timer=timer, tasks=tasks)
            yield key, lambda again=again, taken=taken: again(_step(store, taken))  # type: ignore[misc]


def _measured_here(store: Store) -> list[Measurement]:
    """Measurements of this server with its libraries and threads, of graphs of disturbed rounds, the oldest first."""
    here, device = environment(), device_name()
    return [
        taken
        for taken in store.measurements(graphs=store.disturbed_graphs(device), device=device)
        if taken.place == "server" and all(taken.environment.get(name) == here.get(name) for name in SAME)
    ]


def _runs(store: Store, group: Sequence[Measurement]) -> list[RunRecord]:
    return [store.run(taken.run_id) for taken in group]


def _step(store: Store, taken: Measurement) -> LatencyTask:
    return LatencyTask(
        run=store.run(taken.run_id),
        backend=EAGER if taken.provider == EAGER else ONNXRUNTIME,
        precision=taken.precision,
        threads=taken.threads,
        batch_size=taken.batch_size,
    )
