"""How long something still takes: what is promised of it, and the words, which every page and the shell share."""

import math

from distill_core.decimals import fixed

# Below, a number of seconds would be over before it is read.
FEW_SECONDS = 5.0
# What other programs take of the processors: below, it does not show; above, no end of the work can be told.
NOTICED, CROWDED = 0.25, 0.8
# Steps (s) in which a time below so many seconds is told: it is not known better.
STEPS = ((60.0, 5), (300.0, 30), (3_600.0, 60), (36_000.0, 600), (math.inf, 3_600))


# What was promised is promised again only where it is off by more than this.
TOLERANCE, TOLERANCE_SECONDS = 1.25, 5.0


class Promise:
    """A time left that counts down: what has become shorter is taken over step by step, and only what has become much
    longer is promised anew, from which on it is ``late``."""

    def __init__(self, seconds: float, now: float) -> None:
        self._ends = now + seconds
        self.late = False

    def seconds_left(self, needed: float, now: float) -> float:
        """What is left of the promise where so many seconds seem to be needed now."""
        promised = max(0.0, self._ends - now)
        if needed > TOLERANCE * promised + TOLERANCE_SECONDS:
            self.late, promised = True, needed
        elif needed < promised:
            promised = (promised + needed) / 2
        self._ends = now + promised
        return promised


def rough(seconds: float) -> str:
    """A time that is not known to the second: ``35 s``, ``4 min 30 s``, ``48 min``, ``1 h 20 min``, rounded up; of what
    is no time, as in a damaged row of the database, ``an unknown time``."""
    if not math.isfinite(seconds):
        return "an unknown time"
    step = next(step for below, step in STEPS if seconds <= below)
    whole = max(1, math.ceil(seconds / step)) * step
    minutes, rest = divmod(whole, 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def others(busy: float | None, work: str = "training") -> str:
    """What other programs make of a time, as a sentence, where they use this share (0 to 1) of the processors; empty
    where they do not matter, or nothing is known."""
    if busy is None or busy < NOTICED:
        return ""
    longer = "many times" if busy > CROWDED else f"at least {fixed(1 / (1 - busy), 1)} times"
    used = f"{fixed(100 * busy, 0)} % of this machine's processors"
    return f"Other programs use {used} at the moment: {work} takes {longer} as long."


def time_left(seconds: float | None, *, late: bool = False) -> str:
    """``about 2 min left``; where it takes longer than was promised, that; empty where nothing is known."""
    if seconds is None:
        return ""
    few = seconds < FEW_SECONDS
    if late:
        return "longer than expected" if few else f"longer than expected, about {rough(seconds)} left"
    return "a few seconds left" if few else f"about {rough(seconds)} left"
