"""Detects other load on the machine during a latency measurement, from its samples and the processor counters.

A reason states what was measured, not its cause.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from distill_core.decimals import rounded
from distill_core.deployment.percentiles import nearest_rank
from distill_core.errors import Names, Said, said
from distill_core.jobs.system_load import ProcessorTimes, other_programs_share

# Fewer samples have no usable tail.
LEAST_SAMPLES = 20
# On a quiet machine p95 is 1.02 to 1.4 times p50, and halves are within 5 % of each other.
TAIL, DRIFT = 2.0, 1.25
# A tail within this of p50 may be a timer's interrupt.
TAIL_MS = 0.02
# Allowed shares of all processors: other programs with under FREE_PROCESSORS free, other programs else, the host.
CROWDED, OTHERS, STOLEN = 0.25, 0.5, 0.05
# Allowed share of the thread's time without its processor: the system, page runs and garbage collection take a part.
LOST = 0.15
FREE_PROCESSORS = 2.0
# Allowed context switches a second, and as a share of the runs: the system causes a few.
SWITCHES, SWITCHED = 20.0, 0.05
# Processors are counted in hundredths of a second.
SHORTEST_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """Load during a measurement: the shares (0 to 1) of all processors that other programs used (``others``) and the
    host took (``stolen``), the number of processors ``free`` of other programs, and the involuntary context switches
    of the thread."""

    others: float
    stolen: float
    free: float
    switches_per_run: float | None = None
    switches_per_second: float | None = None


def load_during(before: ProcessorTimes | None, after: ProcessorTimes | None, processors: int, runs: int) -> Load | None:
    """The load between two readings with ``runs`` runs; None without readings or within ``SHORTEST_SECONDS``."""
    if before is None or after is None or after.clock - before.clock < SHORTEST_SECONDS:
        return None
    seconds = after.clock - before.clock
    switches = None if None in (before.switches, after.switches) else (after.switches or 0) - (before.switches or 0)
    others = other_programs_share(before, after, processors)
    return Load(
        others=others,
        free=processors * (1 - others),
        stolen=max(0.0, (after.stolen - before.stolen) / (seconds * processors)),
        switches_per_run=None if switches is None else switches / runs,
        switches_per_second=None if switches is None else switches / seconds,
    )


def disturbance(
    samples_ms: Sequence[float], load: Load | None = None, *, clock_ms: float = 0.0, lost: float | None = None
) -> str | None:
    """Reasons why these times, in measured order, are longer than the network's own; empty without a reason, None where
    the data do not suffice. ``clock_ms``: the smallest step of the clock; ``lost``: the share (0 to 1) of the time in
    which something else had the processor of the measuring thread."""
    if load is None and lost is None and len(samples_ms) < LEAST_SAMPLES:
        return None
    reasons = (*_machine(load), _lost(lost), _tail(samples_ms, clock_ms), _drift(samples_ms, clock_ms))
    told = Names(filter(None, reasons))
    return said("{reasons:; }", told) if told else ""


def reasons_of(disturbed: str) -> tuple[str, ...]:
    """The reasons that a ``disturbance`` is made of, also of one that was stored without them."""
    return tuple(disturbed.places["reasons"]) if isinstance(disturbed, Said) else tuple(disturbed.split("; "))


def _machine(load: Load | None) -> tuple[str, ...]:
    if load is None:
        return ()
    often = (load.switches_per_second or 0.0) > SWITCHES and (load.switches_per_run or 0.0) > SWITCHED
    most = CROWDED if load.free < FREE_PROCESSORS else OTHERS
    others, stolen = _percent(load.others), _percent(load.stolen)
    switches = rounded(load.switches_per_second or 0.0, 0)
    return (
        said("other programs used {share:.0f} % of the processors", others) if load.others > most else "",
        said("the host took {share:.0f} % of the processors", stolen) if load.stolen > STOLEN else "",
        said("it had to leave its processor {count:.0f} times a second", switches) if often else "",
    )


def _lost(lost: float | None) -> str:
    if lost is None or lost <= LOST:
        return ""
    return said("something else had its processor {share:.0f} % of the time", _percent(lost))


def _tail(samples_ms: Sequence[float], clock_ms: float) -> str:
    if len(samples_ms) < LEAST_SAMPLES:
        return ""
    ordered = sorted(samples_ms)
    p50, p95 = nearest_rank(ordered, 50), nearest_rank(ordered, 95)
    longer = p95 > TAIL * p50 and p95 - p50 > TAIL_MS + 2 * clock_ms
    if not longer or p50 <= 0:
        return ""
    return said("1 of 20 runs took {ratio:.1f} times as long as the middle one", rounded(p95 / p50, 1))


def _drift(samples_ms: Sequence[float], clock_ms: float) -> str:
    half = len(samples_ms) // 2
    if len(samples_ms) < LEAST_SAMPLES:
        return ""
    first, second = median(samples_ms[:half]), median(samples_ms[half:])
    low, high = min(first, second), max(first, second)
    if low <= 0 or high <= DRIFT * low or high - low <= 2 * clock_ms:
        return ""
    ratio = rounded(high / low, 1)
    if first > second:
        return said("the first half took {ratio:.1f} times as long as the other", ratio)
    return said("the second half took {ratio:.1f} times as long as the other", ratio)


def _percent(share: float) -> float:
    return rounded(100 * share, 0)
