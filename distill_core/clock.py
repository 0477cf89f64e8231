"""The wall clock, for dates alone: it may be set at any moment, so code is timed by the monotonic clock."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)


def seconds_since(moment: datetime | None) -> float:
    """Seconds by the wall clock; 0 where the moment is None or still to come, as after the clock was set back."""
    return max(0.0, (now() - moment).total_seconds()) if moment is not None else 0.0
