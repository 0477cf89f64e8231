"""How latencies were taken: the mark of one that something else disturbed, and which can be held against each other."""

from collections.abc import Mapping, Sequence
from typing import Any

from distill_core.deployment.disturbance import reasons_of
from ui.findings.facts import Latency, WhyApart, known
from ui.text import words
from ui.text.language import N_, _

__all__ = [
    *("MARK", "RUN", "column", "is_disturbed", "latency", "legend", "marked", "milliseconds", "quiet", "together"),
    "why_not",
]

MARK = "≈"
# The label of the button that measures in a browser (ui/browser/js/trouble.js).
RUN = N_("Run on this device")
LATENCY, DISTURBED, ROUND = "p50_ms", "disturbed", "round_id"


def marked() -> str:
    """What the mark means."""
    return _("{mark}: something else used the machine while this was timed", mark=MARK)


def legend() -> str:
    """What the mark means where the sign of a network is hollow too."""
    return _("{mark} and hollow: something else used the machine while this was timed", mark=MARK)


def is_disturbed(reason: object) -> bool:
    """Whether this says what disturbed a measurement."""
    return isinstance(reason, str) and bool(reason)


def milliseconds(value_ms: float | None, reason: object) -> str:
    """A latency with its mark where it was disturbed: ``≈ 1.4 ms``."""
    text = words.milliseconds(value_ms)
    return f"{MARK} {text}" if is_disturbed(reason) and text != words.NOTHING else text


def together(*rows: Mapping[str, Any]) -> bool:
    """Whether these were taken in one round that nothing disturbed: what ratios are made of."""
    rounds = {row.get(ROUND) for row in rows}
    return len(rounds) == 1 and isinstance(rounds.pop(), str) and quiet(*rows)


def why_not(*rows: Mapping[str, Any]) -> WhyApart | None:
    """Why these are not compared; None where they can be."""
    if together(*rows):
        return None
    reasons = [row[DISTURBED] for row in rows if is_disturbed(row.get(DISTURBED))]
    causes = dict.fromkeys(part for reason in reasons for part in reasons_of(reason))
    return WhyApart(disturbed=len(reasons), measurements=len(rows), causes=tuple(causes))


def latency(row: Mapping[str, Any], column: str = LATENCY) -> Latency | None:
    """The median of a row and whether it was disturbed; None where it was not measured."""
    value = known(row.get(column))
    return None if value is None else Latency(p50_ms=value, disturbed=is_disturbed(row.get(DISTURBED)))


def quiet(*rows: Mapping[str, Any]) -> bool:
    """Whether somebody looked, and nothing disturbed these: what was taken on different machines has no more."""
    return all(row.get(DISTURBED) == "" for row in rows)


def column(reasons: Sequence[object]) -> list[str] | None:
    """How each of these was taken, for a table; None where there is nothing to say."""
    if not any(map(is_disturbed, reasons)):
        return None
    return [
        _("disturbed: {cause}", cause=words.told(why)) if is_disturbed(why) else "" if why == "" else words.NOTHING
        for why in reasons
    ]
