"""How much of this machine's processors other programs use: what makes an estimate too short."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["OthersLoad", "Spent"]

# A shorter time says little, since processors are counted in hundredths of a second; a longer one is not now.
SHORTEST_SECONDS, LONGEST_SECONDS = 1.0, 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Spent:
    """Seconds since some moment: by the clock, of work on all processors, and of this process's own work there."""

    clock: float
    everybody: float
    own: float


class OthersLoad:
    """Looks at the processors' clocks whenever it is asked, and tells what happened since it was asked before."""

    def __init__(self, spent: Callable[[], Spent | None] | None = None, processors: int | None = None) -> None:
        self._spent = spent or _spent
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
        seconds = now.clock - last.clock
        others = (now.everybody - last.everybody) - (now.own - last.own)
        self._share = min(1.0, max(0.0, others / (seconds * self._processors))) if seconds <= LONGEST_SECONDS else None
        return self._share


def _spent() -> Spent | None:
    import psutil

    try:
        times = psutil.cpu_times()
    except (OSError, psutil.Error, RuntimeError):
        return None
    # What a host takes from a virtual machine is work of others too.
    worked = sum(getattr(times, name, 0.0) for name in ("user", "nice", "system", "irq", "softirq", "steal"))
    return Spent(clock=time.monotonic(), everybody=worked, own=time.process_time())
