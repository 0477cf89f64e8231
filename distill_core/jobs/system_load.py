"""How much of this machine's processors other programs use: it makes an estimate too short and a latency too long."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["OtherProgramsLoad", "ProcessorTimes", "other_programs_share", "processor_times"]

# A shorter time says little, since processors are counted in hundredths of a second; a longer one is not now.
SHORTEST_SECONDS, LONGEST_SECONDS = 1.0, 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessorTimes:
    """Seconds since some moment: by the clock, of work on all processors, of this process's own work there, and of what
    the host of a virtual machine took. ``switches``: how often the calling thread had to leave its processor; None
    where the system does not say."""

    clock: float
    everybody: float
    own: float
    stolen: float = 0.0
    switches: int | None = None


def other_programs_share(last: ProcessorTimes, now: ProcessorTimes, processors: int) -> float:
    """The share (0 to 1) of all processors that others used between two moments."""
    others = (now.everybody - last.everybody) - (now.own - last.own)
    return min(1.0, max(0.0, others / ((now.clock - last.clock) * processors)))


class OtherProgramsLoad:
    """Looks at the processors' clocks whenever it is asked, and tells what happened since it was asked before."""

    def __init__(self, look: Callable[[], ProcessorTimes | None] | None = None, processors: int | None = None) -> None:
        self._spent = look or processor_times
        self._processors = processors or os.cpu_count() or 1
        self._last = self._spent()
        self._share: float | None = None

    def share(self) -> float | None:
        """The share (0 to 1) of all processors that others used since the last time, at least a second ago; None where
        that is too long ago, or the system does not say."""
        last, now = self._last, self._spent()
        if last is None or now is None or now.clock - last.clock < SHORTEST_SECONDS:
            return self._share
        self._last = now
        recent = now.clock - last.clock <= LONGEST_SECONDS
        self._share = other_programs_share(last, now, self._processors) if recent else None
        return self._share


def processor_times() -> ProcessorTimes | None:
    """What was spent so far; None where the system does not say."""
    import psutil

    try:
        times = psutil.cpu_times()
    except (OSError, psutil.Error, RuntimeError):
        return None
    # What a host takes from a virtual machine is work of others too.
    worked = sum(getattr(times, name, 0.0) for name in ("user", "nice", "system", "irq", "softirq", "steal"))
    return ProcessorTimes(
        clock=time.monotonic(),
        everybody=worked,
        own=time.process_time(),
        stolen=getattr(times, "steal", 0.0),
        switches=_switches(),
    )


def _switches() -> int | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    thread = getattr(resource, "RUSAGE_THREAD", None)  # of Linux alone
    return None if thread is None else resource.getrusage(thread).ru_nivcsw
