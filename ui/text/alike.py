"""When two costs are the same: one rule for every sentence that says what a smaller network saves."""

__all__ = ["GAIN", "alike"]

# Another try of one file moves its median of times by up to this: what differs by less is no gain.
GAIN = 1.1
ROUND_OFF = 1e-9


def alike(first: float, other: float, *, within: float = GAIN) -> bool:
    """Whether neither of two costs (of one unit, above 0) is ``within`` times the other or more."""
    low, high = sorted((first, other))
    return high < within * low * (1 - ROUND_OFF)
