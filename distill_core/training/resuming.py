"""Keeps a cohort while it trains, and lets it go on from there: when to write, and what goes back where."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from distill_core.errors import CorruptFile, StorageFailed
from distill_core.training.batches import Stream
from distill_core.training.monitor import CohortMonitor
from distill_core.training.state import CohortState, RunState, of_bytes, to_bytes
from distill_core.training.student import StudentTrainer

LOG = logging.getLogger(__name__)
# At most so much training is lost; a state that takes long to write is written less often.
SHORTEST_SECONDS, LONGEST_SECONDS = 4.0, 8.0
# Writing takes at most one part in so many, until the longest interval.
PARTS = 100


class Keeper(Protocol):
    """Where the states of half-trained runs are kept, by what a run's key means for good."""

    def name_of(self, run: str) -> str:
        """The fingerprint of a run."""

    def read(self, names: Sequence[str]) -> bytes | None:
        """The newest file that holds all of these runs; None where there is none."""

    def write(self, names: Sequence[str], data: bytes) -> None:
        """Replace the file of these runs. Raises StorageFailed."""

    def refuse(self, names: Sequence[str], why: str) -> None:
        """Tell that a file was of no use, and remove it."""

    @property
    def keeps(self) -> bool:
        """Whether anything is kept; where not, no state is made."""


class Nowhere:
    """Keeps nothing."""

    def name_of(self, run: str) -> str:
        return run

    def read(self, names: Sequence[str]) -> bytes | None:
        return None

    def write(self, names: Sequence[str], data: bytes) -> None:
        """Nothing is kept."""

    def refuse(self, names: Sequence[str], why: str) -> None:
        """Nothing is kept."""

    @property
    def keeps(self) -> bool:
        return False


NOWHERE = Nowhere()


class Resuming:
    """Writes the state of a cohort every few seconds. ``members``: each student with the stream that it reads."""

    def __init__(
        self,
        keeper: Keeper,
        members: Mapping[StudentTrainer, Stream],
        monitor: CohortMonitor,
        where: Mapping[str, Any],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keeper = keeper
        self._members = members
        self._monitor = monitor
        self._where = where
        self._clock = clock
        self._names = {trainer: keeper.name_of(trainer.config.run) for trainer in members}
        self._written_at, self._every = clock(), SHORTEST_SECONDS
        self._written = 0  # the updates in the file

    def resume(self) -> int:
        """Put everything back as it was; returns the updates that are done, 0 where training starts over."""
        names = list(self._names.values())
        data = self._keeper.read(names)
        if data is None:
            return 0
        try:
            state = of_bytes(data, self._where, names)
            for trainer, name in self._names.items():  # before anything is put back
                trainer.check_state(state.runs[name])
        except CorruptFile as error:
            self._keeper.refuse(names, error.text)
            return 0
        for trainer, stream in self._members.items():
            run = state.runs[self._names[trainer]]
            trainer.restore(run)
            stream.restore(run.values["stream"])
            self._monitor.restore(trainer, run.values["monitor"])
        self._monitor.resumed(state.updates)
        self._written, self._written_at = state.updates, self._clock()
        return state.updates

    def keep(self, updates: int, *, now: bool = False) -> None:
        """Write the state after ``updates`` updates where that is due, or ``now``."""
        began = self._clock()
        due = now or began - self._written_at >= self._every
        if not (due and self._keeper.keeps) or updates == self._written:
            return
        try:
            self._keeper.write(list(self._names.values()), to_bytes(self._state(updates), self._where))
        except StorageFailed as error:  # training goes on, and what was written before is still there
            LOG.warning("a half-trained cohort could not be kept: %s", error)
        else:
            self._written = updates
        self._written_at = self._clock()
        self._every = min(LONGEST_SECONDS, max(SHORTEST_SECONDS, PARTS * (self._written_at - began)))

    def keep_whole(self, updates: int) -> None:
        """Write the trained cohort where its training took so long that it was written before."""
        self.keep(updates, now=self._written > 0)

    def _state(self, updates: int) -> CohortState:
        return CohortState(updates, dict(self._runs()))

    def _runs(self) -> Iterable[tuple[str, RunState]]:
        for trainer, stream in self._members.items():
            run = trainer.state()
            values = {**run.values, "stream": stream.state(), "monitor": self._monitor.state(trainer)}
            yield self._names[trainer], RunState(values, run.tensors)
