"""What became of a cohort so far: who still trains, what each has cost, and what the sink should hear."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from distill_core.errors import TrainingDiverged
from distill_core.events import InsightPoint, Progress, RunFailed, Sink, TrainPoint, ValidPoint
from distill_core.training.images import ImageBank
from distill_core.training.member import Member, Recipe
from distill_core.training.pieces import SideBySide, one_by_one

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Outcome", "Trained"]

LOSS_POINTS = 60
VALID_POINTS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Trained:
    """A member at the last update. ``error`` is None, or tells why it stopped early; then the network is not used.
    ``processor_seconds`` are those of ``seconds`` in which the thread that steps had a processor: what other programs
    took is not among them."""

    recipe: Recipe
    network: "nn.Module"
    updates: int
    seconds: float
    processor_seconds: float
    error: str | None


class Outcome:
    """Who is still training, what each has cost, and what the sink should hear."""

    def __init__(
        self, members: Sequence[Member], updates: int, valid: ImageBank, sink: Sink, side_by_side: SideBySide
    ) -> None:
        self._members = members
        self._updates = updates
        self._valid = valid
        self._sink = sink
        self._side_by_side = side_by_side
        self._errors: dict[str, tuple[int, str]] = {}
        self._seconds: dict[str, float] = defaultdict(float)
        self._processor_seconds: dict[str, float] = defaultdict(float)

    def alive(self, member: Member) -> bool:
        return member.recipe.run not in self._errors

    def fail(self, member: Member, update: int, message: str) -> None:
        self._errors[member.recipe.run] = (update, message)
        self._sink(RunFailed(member.recipe.run, message))

    def spent(self, member: Member, seconds: float, processor_seconds: float) -> None:
        self._seconds[member.recipe.run] += seconds
        self._processor_seconds[member.recipe.run] += processor_seconds

    def due(self) -> tuple[int, ...]:
        """After which updates there is something to report, the last one included."""
        return tuple(update for update in range(1, self._updates + 1) if self._tells(update) or self._looks(update))

    def report(self, update: int) -> None:
        """Send what is due after ``update`` updates."""
        if update == self._updates:
            self._check()
        if self._tells(update):
            for member in filter(self.alive, self._members):
                for seen_at, values in member.take_insights():
                    self._sink(InsightPoint(member.recipe.run, seen_at, values))
                means = member.take_means()
                self._sink(TrainPoint(member.recipe.run, update, means.pop("total"), means))
            self._sink(Progress("Training", update, self._updates))
        if self._looks(update):
            for member, accuracy in self._accuracies():
                self._sink(ValidPoint(member.recipe.run, update, accuracy))

    def _tells(self, update: int) -> bool:
        return update == self._updates or update % max(1, self._updates // LOSS_POINTS) == 0

    def _looks(self, update: int) -> bool:
        return update == self._updates or update % max(1, self._updates // VALID_POINTS) == 0

    def _accuracies(self) -> Iterator[tuple[Member, float]]:
        found: dict[str, float] = {}

        def look(member: Member) -> None:
            found[member.recipe.run] = member.accuracy(self._valid)

        members = list(filter(self.alive, self._members))
        one_by_one([[partial(look, member) for member in members if not member.beside]])
        self._side_by_side([[partial(look, member)] for member in members if member.beside])
        return ((member, found[member.recipe.run]) for member in members)

    def _check(self) -> None:
        # A loss tells of the weights before its update; only this look tells of the last one.
        for member in filter(self.alive, self._members):
            try:
                member.check(self._updates)
            except TrainingDiverged as error:
                self.fail(member, self._updates, str(error))

    def finish(self) -> tuple[Trained, ...]:
        return tuple(self._trained(member) for member in self._members)

    def _trained(self, member: Member) -> Trained:
        updates, error = self._errors.get(member.recipe.run, (self._updates, None))
        return Trained(
            recipe=member.recipe,
            network=member.network.eval(),
            updates=updates,
            seconds=self._seconds[member.recipe.run],
            processor_seconds=self._processor_seconds[member.recipe.run],
            error=error,
        )
