"""Places on a circle, for graphs."""

import math

__all__ = ["spot"]


def spot(place: int, count: int) -> tuple[float, float]:
    """On the circle, the first class at the top, then clockwise."""
    angle = 2 * math.pi * place / count
    return round(math.sin(angle), 6), round(math.cos(angle), 6)
