"""Summaries of latency samples: percentiles, mean and histogram, by the same rules on servers and in browsers."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from distill_core.errors import InvalidSetting, said

BINS = 24
# The least width of a bin, below what any clock resolves; equal times would have width 0.
NARROWEST_MS = 1e-6


@dataclass(frozen=True, kw_only=True, slots=True)
class Histogram:
    """``counts[i]`` times are in [``edges_ms[i]``, ``edges_ms[i + 1]``); the last bin includes its upper edge."""

    edges_ms: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LatencySummary:
    p50_ms: float
    p90_ms: float
    p95_ms: float
    p99_ms: float
    mean_ms: float
    histogram: Histogram

    def to_row(self) -> dict[str, Any]:
        """Percentiles, mean and histogram as fields of a Measurement."""
        row = {field.name: getattr(self, field.name) for field in fields(LatencySummary)}
        return {**row, "histogram": asdict(self.histogram)}


def summarize_latency(samples_ms: Sequence[float]) -> LatencySummary:
    """The summary of times in any order. Raises InvalidSetting if there is none."""
    ordered = sorted(samples_ms)
    return LatencySummary(
        p50_ms=nearest_rank(ordered, 50),
        p90_ms=nearest_rank(ordered, 90),
        p95_ms=nearest_rank(ordered, 95),
        p99_ms=nearest_rank(ordered, 99),
        mean_ms=math.fsum(ordered) / len(ordered),
        histogram=_histogram(ordered),
    )


def nearest_rank(ordered: Sequence[float], percent: int) -> float:
    """The smallest of the ascending values that is at least as large as ``percent`` (1 to 100) % of them.

    Raises: InvalidSetting if there is no value or percent is out of range.
    """
    if not ordered or not 1 <= percent <= 100:
        got = said("{percent} % of {count} values", percent, len(ordered))
        raise InvalidSetting("a percentile", expected="1 to 100 % of 1 or more", got=got, hint="correct it")
    return ordered[math.ceil(percent * len(ordered) / 100) - 1]


def _histogram(ordered: Sequence[float]) -> Histogram:
    """Bins of equal width from the least to the 99th percentile, and a last bin for slower times."""
    # A single pause can be a hundred times the median: with equal bins up to it, all other times would share a bin.
    least, top = ordered[0], nearest_rank(ordered, 99)
    width = max((top - least) / (BINS - 1), NARROWEST_MS, math.ulp(top))
    inner = [least + place * width for place in range(BINS - 1)]
    last = max(top, inner[-1] + width)
    edges = (*inner, last, max(ordered[-1], last + width))
    counts = [0] * BINS
    for value in ordered:
        counts[min(bisect_right(edges, value), BINS) - 1] += 1
    return Histogram(edges_ms=edges, counts=tuple(counts))
