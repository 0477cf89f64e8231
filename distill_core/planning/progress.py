"""Progress of a job: the share of its work that is done, and the time left."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from distill_core.events import Event, Progress, Sink
from distill_core.time_left import Promise

LOADING = "Loading the images"
GETTING_READY = "Getting the teacher ready"
JUDGING = "Evaluating the teacher"
# Everything is evaluated and stored before this stage.
MEASURING = "Measuring latency"
# What tells nothing of how fast this machine works now: a download, and times that are set.
UNLIKE = (LOADING, MEASURING)
# So much of the plan has to be done before its pace is believed as much as the plan.
DOUBT_SECONDS, DOUBT_SHARE = 5.0, 0.1


class JobProgress:
    """The stages of a job with their estimated seconds. Maps the progress of a stage to that of the job.

    The share of the work never falls, however long a stage takes. The time left counts down from the estimate; a
    shorter one is taken over step by step, a much longer one at once, marked as ``late``. ``clock`` (seconds) stands
    while the job is paused.
    """

    def __init__(self, work: Mapping[str, float], sink: Sink, clock: Callable[[], float] = time.monotonic) -> None:
        self._work = dict(work)
        self._sink = sink
        self._clock = clock
        self._waiting = dict(work)
        self._name = ""
        self._share = 0.0  # of the stage
        self._first: tuple[float, float] | None = None  # when its first step was done, and what share that was
        self._entered = clock()
        self._paced = self._spent = 0.0  # of the stages that tell of the machine: what they were to take, and took
        self._promise = Promise(sum(self._work.values()), self._entered)
        self._told = 0.0

    @property
    def work(self) -> Mapping[str, float]:
        """The estimated seconds of each stage."""
        return self._work

    def sink(self, event: Event) -> None:
        """Pass an event on; Progress gets the job's stage, and the share and time left of the whole job."""
        if isinstance(event, Progress):
            self._step(event.done / event.total if event.total else 0.0)
            event = replace(
                event,
                stage=self._name or event.stage,
                seconds_left=self._promise.seconds_left(self._needed(), self._clock()),
                fraction=self._fraction(),
                late=self._promise.late,
            )
        self._sink(event)

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[int, int], None]]:
        """Enter a stage; yields a function that reports how many of its steps are done."""
        self._name, self._share, self._first, self._entered = name, 0.0, None, self._clock()
        self.sink(Progress(name, 0, 1))
        yield lambda done, total: self.sink(Progress(name, done, total))
        self._share = 1.0
        self._paced, self._spent = self._with_this()
        self._waiting.pop(name, None)
        self._share = 0.0
        if not self._waiting:  # no other stage tells that this one is done
            self.sink(Progress(name, 1, 1))

    def _step(self, share: float) -> None:
        if share > self._share:
            self._share = min(1.0, share)
            self._first = self._first or (self._clock(), self._share)

    def _fraction(self) -> float:
        total = sum(self._work.values())
        done = total - sum(self._waiting.values()) + self._share * self._waiting.get(self._name, 0.0)
        self._told = max(self._told, min(1.0, done / total) if total else 0.0)
        return self._told

    def _needed(self) -> float:
        """By the pace so far: that of the stage for its own rest, without its first step, in which kernels are
        prepared; that of all stages for those to come."""
        pace, now = self._pace(), self._clock()
        expected = self._planned(self._name, pace)
        if self._first and self._share > self._first[1]:
            began, first = self._first
            in_stage = (now - began) / (self._share - first) * (1 - self._share)
        elif self._share:
            in_stage = expected * (1 - self._share)
        else:
            in_stage = max(0.0, expected - (now - self._entered))
        return in_stage + sum(self._planned(name, pace) for name in self._waiting if name != self._name)

    def _planned(self, name: str, pace: float) -> float:
        return self._waiting.get(name, 0.0) * (1.0 if name.startswith(UNLIKE) else pace)

    def _pace(self) -> float:
        """How many times as long as planned everything takes; the plan's own word weighs against few seconds."""
        doubt = max(DOUBT_SECONDS, DOUBT_SHARE * sum(self._work.values()))
        paced, spent = self._with_this()
        return (spent + doubt) / (paced + doubt)

    def _with_this(self) -> tuple[float, float]:
        """What the stages were to take and took, with what is done of this one since its first step."""
        if self._name.startswith(UNLIKE) or self._name not in self._waiting or not self._share:
            return self._paced, self._spent
        began, first = self._first or (self._entered, 0.0)
        paced = self._paced + (self._share - first) * self._waiting[self._name]
        return paced, self._spent + self._clock() - began
