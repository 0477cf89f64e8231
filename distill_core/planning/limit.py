"""The longest experiment that a lab accepts; a longer one is refused before it is filed."""

import math
import os

from distill_core.errors import InvalidSetting, explain, said

SETTING = "DISTILL_MAX_HOURS"
MOST_HOURS = 24.0
HOURS_OF_A_DAY, DAYS_OF_A_YEAR = 24, 365.25
# Below these an estimate is given in fractions of hours, in hours alone, and in days.
FEW_HOURS, FEW_DAYS, SOME_YEARS = 100, 2, 1


def most_hours() -> float:
    """The limit that the lab's owner set, ``inf`` for none; a day by default. Raises InvalidSetting."""
    named = os.environ.get(SETTING, "").strip()
    if not named:
        return MOST_HOURS
    try:
        hours = float(named)
    except ValueError:
        hours = math.nan
    if not hours > 0:  # NaN is no number either
        hint = "set it to hours, as 48 or 0.5, or leave it out"
        raise InvalidSetting(SETTING, expected="a number above 0", got=named, hint=hint)
    return hours


def too_long(expected_seconds: float, limit_hours: float) -> str | None:
    """The reason why an experiment of so many seconds is refused; None within the limit."""
    hours = expected_seconds / 3600
    if hours <= limit_hours:
        return None
    enough = math.ceil(hours)
    return explain(
        "this experiment",
        expected=said("at most {limit_hours:,g} hours of work", limit_hours),
        got=said("about {time}", _told(hours)),
        hint=said(
            "plan fewer networks, seeds or updates; the lab's owner can raise the limit: start it with "
            "{setting}={enough} or more",
            SETTING,
            enough,
        ),
    )


def _told(hours: float) -> str:
    # Rounded up, so that it never equals a limit that it is above.
    text = f"{math.ceil(100 * hours) / 100:,g}" if hours < FEW_HOURS else f"{math.ceil(hours):,}"
    days = hours / HOURS_OF_A_DAY
    if days < FEW_DAYS:
        return f"{text} hours"
    years = days / DAYS_OF_A_YEAR
    return f"{text} hours ({years:,.1f} years)" if years >= SOME_YEARS else f"{text} hours ({days:,.0f} days)"
