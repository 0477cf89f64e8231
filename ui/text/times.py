"""How estimated times read, and what makes them longer."""

import math
from typing import Protocol

from distill_core.decimals import rounded
from distill_core.lab.views import JobView
from distill_core.time_left import FEW_SECONDS, split, times_as_long
from ui.text.language import _, decimal

__all__ = ["about", "left", "of_job", "others", "rough"]


class Underway(Protocol):
    """A job or a background task."""

    @property
    def seconds_left(self) -> float | None: ...
    @property
    def late(self) -> bool: ...


def rough(seconds: float) -> str:
    """``35 s``, ``4 min 30 s``, ``1 h 20 min``: no more digits than are known."""
    if not math.isfinite(seconds):
        return _("an unknown time")
    hours, minutes, rest = split(seconds)
    if hours:
        whole = {"hours": hours, "minutes": minutes}
        return _("{hours} h {minutes} min", **whole) if minutes else _("{hours} h", hours=hours)
    if minutes:
        return (
            _("{minutes} min {seconds} s", minutes=minutes, seconds=rest)
            if rest
            else _("{minutes} min", minutes=minutes)
        )
    return _("{seconds} s", seconds=rest)


def about(seconds: float) -> str:
    """What is expected to take so long: ``about 4 min 30 s``."""
    return _("about {time}", time=rough(seconds))


def left(work: Underway) -> str:
    """``about 2 min left``; empty where that is not known."""
    if work.seconds_left is None:
        return ""
    if work.seconds_left < FEW_SECONDS:
        return _("longer than expected") if work.late else _("a few seconds left")
    time = rough(work.seconds_left)
    if work.late:
        return _("longer than expected, about {time} left", time=time)
    return _("about {time} left", time=time)


def of_job(job: JobView) -> str:
    """``left`` of a job that runs; empty for another one."""
    return left(job) if job.state == "running" else ""


def others(busy: float | None, *, tests: bool = False) -> str:
    """What other programs on this machine, which use the share ``busy`` (0 to 1) of its processors, do to the time of a
    training, or of a test; empty where that does not matter."""
    longer = times_as_long(busy)
    if busy is None or longer is None:
        return ""
    places = {"percent": decimal(rounded(100 * busy, 0), 0)}
    if math.isinf(longer):
        if tests:
            return _(
                "Other programs use {percent} % of this machine's processors at the moment: testing takes many times "
                "as long.",
                **places,
            )
        return _(
            "Other programs use {percent} % of this machine's processors at the moment: training takes many times as "
            "long.",
            **places,
        )
    places["times"] = decimal(rounded(longer, 1), 1)
    if tests:
        return _(
            "Other programs use {percent} % of this machine's processors at the moment: testing takes at least {times} "
            "times as long.",
            **places,
        )
    return _(
        "Other programs use {percent} % of this machine's processors at the moment: training takes at least {times} "
        "times as long.",
        **places,
    )
