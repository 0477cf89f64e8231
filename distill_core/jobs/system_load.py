"""The share of the processors that other programs use: it makes estimates too short and latencies too long."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

# Processor times have steps of 10 ms, so shorter intervals are inexact; longer ones do not show the current load.
SHORTEST_SECONDS, LONGEST_SECONDS = 1.0, 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessorTimes:
    """Counters in seconds: the clock, the work of all programs on all processors, the work of this process (``own``),
    and what the host of a virtual machine took (``stolen``). ``switches``: involuntary context switches of the calling
    thread; None where the system does not count them."""

    clock: float
    all_programs: float
    own: float
    stolen: float = 0.0
    switches: int | None = None


def other_programs_share(last: ProcessorTimes, now: ProcessorTimes, processors: int) -> float:
    """The share (0 to 1) of all processors that other programs used between two readings."""
    others = (now.all_programs - last.all_programs) - (now.own - last.own)
    return min(1.0, max(0.0, others / ((now.clock - last.clock) * processors)))


class OtherProgramsLoad:
    """The load of other programs between consecutive calls of ``share``."""

    def __init__(self, read: Callable[[], ProcessorTimes | None] | None = None, processors: int | None = None) -> None:
        self._read = read or processor_times
        self._processors = processors or os.cpu_count() or 1
        self._last = self._read()
        self._share: float | None = None

    def share(self) -> float | None:
        """The share (0 to 1) of all processors that other programs used since the last reading, at least a second ago;
        None where that was over ``LONGEST_SECONDS`` ago, or the system has no counters."""
        last, now = self._last, self._read()
        if last is None or now is None or now.clock - last.clock < SHORTEST_SECONDS:
            return self._share
        self._last = now
        recent = now.clock - last.clock <= LONGEST_SECONDS
        self._share = other_programs_share(last, now, self._processors) if recent else None
        return self._share


def processor_times() -> ProcessorTimes | None:
    """The counters now; None where the system has none."""
    import psutil

    try:
        times = psutil.cpu_times()
    except (OSError, psutil.Error, RuntimeError):
        return None
    # Time stolen by the host counts as work of other programs.
    worked = sum(getattr(times, name, 0.0) for name in ("user", "nice", "system", "irq", "softirq", "steal"))
    return ProcessorTimes(
        clock=time.monotonic(),
        all_programs=worked,
        own=time.process_time(),
        stolen=getattr(times, "steal", 0.0),
        switches=_switches(),
    )


def _switches() -> int | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    thread = getattr(resource, "RUSAGE_THREAD", None)  # Linux only
    return None if thread is None else resource.getrusage(thread).ru_nivcsw
