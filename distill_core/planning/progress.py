"""Progress of a job: the share of its work that is done, and the time left."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from distill_core.events import Event, Progress, Sink
from distill_core.time_left import Countdown

LOADING = "Loading the data"
GETTING_READY = "Getting the teacher ready"
JUDGING = "Evaluating the teacher"
# Everything is evaluated and stored before this stage.
MEASURING = "Measuring latency"
# Stages that do not depend on the pace of this machine: a download, and timings of a fixed length.
UNLIKE = (LOADING, MEASURING)
# The pace that was measured weighs as much as the plan once so many seconds, or this share, of the plan are done.
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
        self._paced = self._spent = 0.0  # planned and real seconds of the finished stages, but ``UNLIKE``
        self._countdown = Countdown(sum(self._work.values()), self._entered)
        self._reported = 0.0

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
                seconds_left=self._countdown.seconds_left(self._needed(), self._clock()),
                fraction=self._fraction(),
                late=self._countdown.late,
            )
        self._sink(event)

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[int, int], None]]:
        """Enter a stage; yields a function that reports how many of its steps are done."""
        self._name, self._share, self._first, self._entered = name, 0.0, None, self._clock()
        self.sink(Progress(name, 0, 1))
        yield lambda done, total: self.sink(Progress(name, done, total))
        self._share = 1.0
        self._paced, self._spent = self._planned_and_spent()
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
        self._reported = max(self._reported, min(1.0, done / total) if total else 0.0)
        return self._reported

    def _needed(self) -> float:
        """The seconds left: the rest of the stage at its own pace, without its first step, which prepares kernels;
        later stages at the pace of all stages so far."""
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
        """Real over planned seconds of the work so far; near 1 while little of it is done."""
        doubt = max(DOUBT_SECONDS, DOUBT_SHARE * sum(self._work.values()))
        paced, spent = self._planned_and_spent()
        return (spent + doubt) / (paced + doubt)

    def _planned_and_spent(self) -> tuple[float, float]:
        """Planned and real seconds of the finished stages, and of this stage since its first step."""
        if self._name.startswith(UNLIKE) or self._name not in self._waiting or not self._share:
            return self._paced, self._spent
        began, first = self._first or (self._entered, 0.0)
        paced = self._paced + (self._share - first) * self._waiting[self._name]
        return paced, self._spent + self._clock() - began
