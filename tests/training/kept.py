"""A keeper in memory, and trainings that are cut and go on."""

from collections.abc import Callable, Sequence

import torch

from distill_core.errors import Stopped
from distill_core.events import Event, GradientPoint, RunFailed, TrainPoint, ValidPoint
from distill_core.training.monitor import Trained

__all__ = ["InMemory", "after", "assert_same", "points"]


class InMemory:
    """Keeps the newest file of each set of runs."""

    keeps = True

    def __init__(self) -> None:
        self.files: dict[tuple[str, ...], bytes] = {}
        self.refused: list[str] = []

    def name_of(self, run: str) -> str:
        return f"fingerprint of {run}"

    def read(self, names: Sequence[str]) -> bytes | None:
        return next((data for held, data in self.files.items() if set(names) <= set(held)), None)

    def write(self, names: Sequence[str], data: bytes) -> None:
        self.files = {tuple(names): data}

    def refuse(self, names: Sequence[str], why: str) -> None:
        self.files = {}
        self.refused.append(why)


def after(rounds: int) -> Callable[[], None]:
    """A checkpoint that ends the training before round number ``rounds``, counted from 0."""
    left = iter([True] * rounds)

    def checkpoint() -> None:
        if not next(left, False):
            raise Stopped("cut")

    return checkpoint


def points(events: Sequence[Event]) -> dict[str, list[Event]]:
    """The curves and failures of each run."""
    found: dict[str, list[Event]] = {}
    for event in events:
        if isinstance(event, TrainPoint | GradientPoint | ValidPoint | RunFailed):
            found.setdefault(event.run, []).append(event)
    return found


def assert_same(ones: Sequence[Trained], others: Sequence[Trained]) -> None:
    for one, other in zip(ones, others, strict=True):
        assert (one.error, one.updates) == (other.error, other.updates), one.config.run
        here, there = one.network.state_dict(), other.network.state_dict()
        different = [name for name in here if not torch.equal(here[name], there[name])]
        assert here.keys() == there.keys()
        assert different == [], one.config.run
