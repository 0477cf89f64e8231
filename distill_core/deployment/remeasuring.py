"""Measured again: what other programs disturbed, while nothing trains and the machine is quiet; a few tries each."""

import logging
from collections.abc import Callable, Iterator, Sequence

from distill_core.deployment.eager import EAGER
from distill_core.deployment.rounds import SAME, is_compared, of_rounds
from distill_core.deployment.server_measurement import ONNXRUNTIME, LatencyTask, Timer, measure_runs, run_latency_task
from distill_core.errors import CorruptFile, DistillError, NotFound, Stopped
from distill_core.jobs import TaskStatus
from distill_core.machine import device_name, environment
from distill_core.store import Measurement, RunRecord, Store

__all__ = ["NEXT_LOOK_SECONDS", "Remeasuring"]

LOG = logging.getLogger(__name__)
# Until the next look, where something is still to be measured again: soon enough for the load of other programs since
# the last one to count as that of now.
NEXT_LOOK_SECONDS = 30.0
# With a higher share of the processors in others' hands there is no use in trying.
QUIET = 0.1
MOST_TRIES = 3
TITLE = "Measuring again what other programs disturbed"


class Remeasuring:
    """Knows how often it has tried what."""

    def __init__(self) -> None:
        self._tries: dict[object, int] = {}
        self.view: TaskStatus | None = None  # while something is measured

    def __call__(
        self, store: Store, checkpoint: Callable[[], None], timer: Timer, busy: Callable[[], float | None]
    ) -> float | None:
        """Measure again what was disturbed; answers after how many seconds to look again, None where nothing is left.

        ``checkpoint`` may raise to end the work; ``busy`` is the share of the processors that other programs use.
        """
        left = False
        for key, measure in _disturbed(store, checkpoint, timer):
            if self._tries.get(key, 0) >= MOST_TRIES:
                continue
            left = True
            if (busy() or 0.0) > QUIET:
                break
            checkpoint()
            self._tries[key] = self._tries.get(key, 0) + self._try(measure)
        return NEXT_LOOK_SECONDS if left else None

    def _try(self, measure: Callable[[], object]) -> int:
        """For how many tries it counts: whatever is wrong with one, the others can be measured. Raises Stopped."""
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
    store: Store, checkpoint: Callable[[], None], timer: Timer
) -> Iterator[tuple[object, Callable[[], object]]]:
    """What was disturbed and not measured since without: rounds by their graphs, then single measurements."""
    measured = _measured_here(store)
    compared = of_rounds([one for one in measured if is_compared(one)])
    rounds = {frozenset(found): list(found.values()) for found in compared.values() if len(found) > 1}
    quiet = [graphs for graphs, found in rounds.items() if not any(one.disturbed for one in found)]
    for graphs, found in rounds.items():
        if any(one.disturbed for one in found) and not any(graphs <= other for other in quiet):
            yield graphs, lambda found=found: measure_runs(_runs(store, found), store, checkpoint, timer)  # type: ignore[misc]
    in_rounds = {graph for graphs in rounds for graph in graphs}
    single = {
        (one.graph, one.provider, one.precision, one.threads, one.batch_size): one
        for one in measured
        if not (is_compared(one) and one.graph in in_rounds)
    }
    for key, one in single.items():
        if one.disturbed:
            yield key, lambda one=one: run_latency_task(_step(store, one), store, checkpoint, timer)  # type: ignore[misc]


def _measured_here(store: Store) -> list[Measurement]:
    """What this server measured, with its libraries and as many threads, of graphs that were disturbed once and of
    those beside them, in the order in which it did."""
    here, device = environment(), device_name()
    return [
        one
        for one in store.measurements(graphs=store.disturbed_graphs(device), device=device)
        if one.place == "server" and all(one.environment.get(name) == here.get(name) for name in SAME)
    ]


def _runs(store: Store, found: Sequence[Measurement]) -> list[RunRecord]:
    return [store.run(one.run_id) for one in found]


def _step(store: Store, one: Measurement) -> LatencyTask:
    return LatencyTask(
        run=store.run(one.run_id),
        backend=EAGER if one.provider == EAGER else ONNXRUNTIME,
        precision=one.precision,
        threads=one.threads,
        batch_size=one.batch_size,
    )
