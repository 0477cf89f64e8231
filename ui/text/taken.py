"""How latencies were taken: the mark of one that something else disturbed, and which can be held against each other."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ui.text import words

__all__ = [
    "AGAIN_HERE",
    *("LEGEND", "MARK", "RUN", "caveat", "column", "disturbed", "is_disturbed", "milliseconds", "quiet", "together"),
    "why_not",
]

MARK = "≈"
# The label of the button that measures in a browser (ui/browser/js/trouble.js).
RUN = "Run on this device"
AGAIN_HERE = f"Press **{RUN}** to measure again, best with nothing else open."
AGAIN_THERE = f"**{RUN}** on the page Benchmark of that device measures again."
LEGEND = f"{MARK} and hollow: something else used the machine while this was timed"
DISTURBED, ROUND = "disturbed", "round_id"


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


def why_not(*rows: Mapping[str, Any]) -> str:
    """Why these are not held against each other, as the end of a sentence; empty where they can be."""
    if together(*rows):
        return ""
    reasons = [row[DISTURBED] for row in rows if is_disturbed(row.get(DISTURBED))]
    if not reasons:
        return "they were not measured in one round"
    many = "one of them was" if len(reasons) < len(rows) else "all of them were" if len(rows) > 2 else "both were"
    each = dict.fromkeys(part for reason in reasons for part in reason.split("; "))
    return f"{many} disturbed ({'; '.join(each)})"


def caveat(rows: pd.DataFrame, taken: str = DISTURBED) -> str:
    """What is to be said beside latencies that are ordered or drawn together; empty where they are of one round."""
    if taken not in rows or rows.empty:
        return ""
    names = [name for name, reason in zip(rows["student"], rows[taken], strict=True) if is_disturbed(reason)]
    if names:
        again = "The server measures again while it is quiet."
        return f"{disturbed(names)} {again if taken == DISTURBED else AGAIN_THERE}"
    if len(rows) > 1 and taken == DISTURBED and not together(*rows.to_dict("records")):
        return "These latencies were not measured in one round: what lies close together may lie the other way round."
    return ""


def disturbed(names: Sequence[str]) -> str:
    """That something else disturbed the measurements of these networks."""
    few = [words.plain(name) for name in (names if len(names) <= 3 else names[:2])]
    few += [f"{len(names) - 2} more"] if len(names) > 3 else []
    was, alone = ("was", "it is") if len(names) == 1 else ("were", "they are")
    return f"Something else used the machine while {words.join(few)} {was} timed ({MARK}): alone {alone} likely faster."


def quiet(*rows: Mapping[str, Any]) -> bool:
    """Whether somebody looked, and nothing disturbed these: what was taken on different machines has no more."""
    return all(row.get(DISTURBED) == "" for row in rows)


def column(reasons: Sequence[object]) -> list[str] | None:
    """How each of these was taken, for a table; None where there is nothing to say."""
    texts = [f"disturbed: {why}" if is_disturbed(why) else "" if why == "" else words.NOTHING for why in reasons]
    return texts if any(map(is_disturbed, reasons)) else None
