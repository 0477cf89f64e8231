"""Events of running work: frozen records in an append-only log.

A page never sees a log that changes under it: ``EventLog.snapshot`` hands out a tuple.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from distill_core import said

# Prefix of a reading of gradients or of a method among the kinds of stored curve points.
INSIGHT = "insight: "
# Prefix of a validation score among them, before the metric's name.
VALID = "valid_"


@dataclass(frozen=True, slots=True)
class Progress:
    """A stage in words, and ``done`` of ``total`` units: updates while networks train, networks while they
    are scored, measurements, or files; a stage without units is 1 of 1. ``fraction`` (0 to 1) and ``seconds_left``
    (None: unknown; at ``reported_at``, monotonic clock) are of the whole job; ``late``: it exceeds its estimate."""

    stage: str
    done: int
    total: int
    seconds_left: float | None = None
    fraction: float = 0.0
    late: bool = False
    reported_at: float = field(default_factory=time.monotonic, compare=False)


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A network of the job begins to train. ``run`` is its key in the job: ``<student name>/<seed>``."""

    run: str
    student: str
    seed: int


@dataclass(frozen=True, slots=True)
class TrainPoint:
    """Mean training loss since the last point, total and by part, at an update (counted from 1), in
    ``Method.units``."""

    run: str
    update: int
    loss: float
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GradientPoint:
    """Readings of a network at an update: the gradient norm of each weighted part of the loss, the cosine between the
    gradients of labels and teacher, and the method's own readings."""

    run: str
    update: int
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ValidPoint:
    """The score on validation examples after an update, by the task's own ``metric``; accuracy is 0 to 1."""

    run: str
    update: int
    score: float
    metric: str = "accuracy"


@dataclass(frozen=True, slots=True)
class RunFinished:
    """A network is trained and stored; its score on test examples by the task's own ``metric``."""

    run: str
    score: float
    metric: str = "accuracy"


@dataclass(frozen=True, slots=True)
class RunFailed:
    run: str
    message: str


Event = Progress | RunStarted | TrainPoint | GradientPoint | ValidPoint | RunFinished | RunFailed
Sink = Callable[[Event], None]
KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (Progress, RunStarted, TrainPoint, GradientPoint, ValidPoint, RunFinished, RunFailed)
}


def to_json(event: Event) -> dict[str, Any]:
    """The values of an event, for another process; texts of the engine with their template."""
    values = asdict(event)
    texts = {name: said.to_json(value) for name, value in values.items() if isinstance(value, said.Said)}
    return {"kind": type(event).__name__, **values, **({"said": texts} if texts else {})}


def of_json(values: Mapping[str, Any]) -> Event:
    """The event that ``to_json`` wrote. Raises LookupError or TypeError for anything else."""
    fields = dict(values)
    texts = fields.pop("said", {})
    kind = KINDS[fields.pop("kind")]
    return kind(**fields | {name: said.from_json(fields[name], stored) for name, stored in texts.items()})


class EventLog:
    """Append-only; one writer, any number of readers."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self._events.append(event)

    def snapshot(self, start: int = 0) -> tuple[Event, ...]:
        """All events from position ``start`` on."""
        return tuple(self._events[start:])
