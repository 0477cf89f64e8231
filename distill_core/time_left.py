"""The time that work still takes: a countdown, and its words on pages and in the shell."""

import math

from distill_core.decimals import fixed

# Below it no number is shown: it would be over before it is read.
FEW_SECONDS = 5.0
# Shares of the processors that other programs use: below the first they do not matter, above the second their effect
# cannot be estimated.
NOTICED, CROWDED = 0.25, 0.8
# (longest, step) in seconds: times up to ``longest`` are rounded to ``step``, since estimates are no more exact.
STEPS = ((60.0, 5), (300.0, 30), (3_600.0, 60), (36_000.0, 600), (math.inf, 3_600))


# An estimate replaces the countdown at once only where it exceeds it by more than this.
TOLERANCE, TOLERANCE_SECONDS = 1.25, 5.0


class Countdown:
    """A time left that counts down. A shorter estimate is adopted step by step; a much longer one replaces the
    countdown, which is ``late`` from then on."""

    def __init__(self, seconds: float, now: float) -> None:
        self._ends = now + seconds
        self.late = False

    def seconds_left(self, needed: float, now: float) -> float:
        """The seconds left, where ``needed`` is the newest estimate of them."""
        left = max(0.0, self._ends - now)
        if needed > TOLERANCE * left + TOLERANCE_SECONDS:
            self.late, left = True, needed
        elif needed < left:
            left = (left + needed) / 2
        self._ends = now + left
        return left


def rough(seconds: float) -> str:
    """An estimated time in words, rounded up: ``35 s``, ``4 min 30 s``, ``48 min``, ``1 h 20 min``; ``an unknown time``
    for no finite number, as in a damaged row of the database."""
    if not math.isfinite(seconds):
        return "an unknown time"
    parts = zip(split(seconds), ("h", "min", "s"), strict=True)
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def split(seconds: float) -> tuple[int, int, int]:
    """Hours, minutes and seconds of a finite estimated time, rounded up to a step of its length."""
    step = next(step for below, step in STEPS if seconds <= below)
    minutes, rest = divmod(max(1, math.ceil(seconds / step)) * step, 60)
    hours, minutes = divmod(minutes, 60)
    return hours, minutes, rest


def others(busy: float | None, work: str = "training") -> str:
    """A sentence about the effect of other programs on a time, where they use the share ``busy`` (0 to 1) of the
    processors; empty where it is unknown or does not matter."""
    times = times_as_long(busy)
    if busy is None or times is None:
        return ""
    longer = "many times" if math.isinf(times) else f"at least {fixed(times, 1)} times"
    used = f"{fixed(100 * busy, 0)} % of this machine's processors"
    return f"Other programs use {used} at the moment: {work} takes {longer} as long."


def times_as_long(busy: float | None) -> float | None:
    """How many times as long work takes at least beside programs that use the share ``busy`` (0 to 1) of the
    processors: infinity where that cannot be estimated, None where it is unknown or does not matter."""
    if busy is None or busy < NOTICED:
        return None
    return math.inf if busy > CROWDED else 1 / (1 - busy)


def time_left(seconds: float | None, *, late: bool = False) -> str:
    """``about 2 min left``; ``late``: that it takes longer than expected; empty for None."""
    if seconds is None:
        return ""
    few = seconds < FEW_SECONDS
    if late:
        return "longer than expected" if few else f"longer than expected, about {rough(seconds)} left"
    return "a few seconds left" if few else f"about {rough(seconds)} left"
