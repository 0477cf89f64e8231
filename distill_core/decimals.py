"""Rounds numbers for display: half away from zero, so that a value has one text on every screen."""

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

# Beyond these a float's digits are those of its binary form: 100 · 0.7835 is 78.35, not 78.350000000000009.
SIGNIFICANT = 12


def rounded(value: float, digits: int) -> float:
    """The value with ``digits`` decimal places, half away from 0; ``round`` makes 78.2 of 78.25, browsers 78.3."""
    if not math.isfinite(value) or abs(value) >= 10.0 ** (SIGNIFICANT - digits - 1):
        return value  # a half is beyond its digits
    shown = Decimal(f"{value:.{SIGNIFICANT}g}").quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return float(shown) + 0.0  # no minus before 0


def fixed(value: float, digits: int) -> str:
    """``rounded`` as text: ``78.3``."""
    return f"{rounded(value, digits):.{digits}f}"


def signed(value: float, digits: int) -> str:
    """``fixed`` with its sign: ``+5.1``, ``-0.4``; 0 has none."""
    written = fixed(value, digits)
    return f"+{written}" if rounded(value, digits) > 0 else written


def latency_digits(value_ms: float) -> int:
    """The number of decimal places of a latency in ms: ``0.031``, ``0.31``, ``4.2``, ``120``."""
    return next((digits for below, digits in ((0.0995, 3), (0.995, 2), (99.95, 1)) if value_ms < below), 0)


def latency(value_ms: float) -> str:
    """A latency in ms, without its unit."""
    return fixed(value_ms, latency_digits(value_ms))


def adding_up(parts: Sequence[float], digits: int) -> list[float]:
    """Parts of a whole with ``digits`` decimal places, which add up to the rounded whole: the method of the largest
    remainder. Each is ``rounded`` wherever those add up, and else some are off by one in the last place."""
    units = [rounded(part * 10.0**digits, 6) for part in parts]
    whole = [math.floor(unit) for unit in units]
    lacking = int(rounded(math.fsum(units), 0)) - sum(whole)
    by_remainder = sorted(range(len(units)), key=lambda place: whole[place] - units[place])
    for place in by_remainder[:lacking]:
        whole[place] += 1
    return [rounded(units_of / 10.0**digits, digits) for units_of in whole]


def difference_digits(points: float, of: float | None, against: float | None) -> int:
    """The number of decimal places of a difference in points shown beside both shares (0 to 1), which have one: 2 where
    the shares as they are shown would give another difference (84.4 and 78.3 for 6.18), else 1."""
    if of is None or against is None or not all(map(math.isfinite, (points, of, against))):
        return 1
    return 1 if rounded(rounded(100 * of, 1) - rounded(100 * against, 1), 1) == rounded(points, 1) else 2
