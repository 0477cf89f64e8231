"""Events of running work: frozen records in an append-only log.

A page never sees a log that changes under it: ``EventLog.snapshot`` hands out a tuple.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

# How a curve of insights is called among the stored ones, before its own name.
INSIGHT = "insight: "
# How a curve of validation scores is called among the stored ones, before the metric's name.
VALID = "valid_"


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress: a stage in words, and ``done`` of ``total`` units: updates while networks train, networks while they
    are scored, measurements, or files; a stage without units is 1 of 1. ``fraction`` (0 to 1) and ``seconds_left``
    (None: unknown; at ``said_at``, monotonic clock) are of the whole job; ``late``: it takes longer than estimated."""

    stage: str
    done: int
    total: int
    seconds_left: float | None = None
    fraction: float = 0.0
    late: bool = False
    said_at: float = field(default_factory=time.monotonic, compare=False)


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A network of the job begins to train. ``run`` is its key in the job: ``<student name>/<seed>``."""

    run: str
    student: str
    seed: int


@dataclass(frozen=True, slots=True)
class TrainPoint:
    """Mean training loss since the last point, total and by part, at an update (counted from 1). The method says what
    they are measured in: ``Method.units``."""

    run: str
    update: int
    loss: float
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GradientPoint:
    """What pulled at a network at an update: the lengths of the gradients of the loss's weighted parts, the cosine of
    labels and teacher, and what the method itself reads off."""

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


class EventLog:
    """Append-only; one writer, any number of readers."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self._events.append(event)

    def snapshot(self, start: int = 0) -> tuple[Event, ...]:
        """All events from position ``start`` on."""
        return tuple(self._events[start:])
