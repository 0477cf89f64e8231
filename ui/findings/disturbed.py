"""What latencies that are ordered or drawn together need said beside them: that something else used the machine, that
they were not measured in one round, or that some are not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import pandas as pd

from ui.findings import taken
from ui.findings.facts import Paragraph

__all__ = ["Again", "Disturbed", "NotTimed", "SeveralRounds", "disturbed", "found", "not_timed"]

MOST = 3


class Again(Enum):
    """Where what was disturbed is measured again: by the server itself, on another device, on this one."""

    SERVER, THERE, HERE = "server", "there", "here"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbed:
    """Networks that were timed while something else used the machine; ``more`` of them are only counted."""

    names: tuple[str, ...]
    more: int
    again: Again


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralRounds:
    """Latencies of several rounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTimed:
    """Networks that were not timed on this server; ``more`` of them are only counted."""

    names: tuple[str, ...]
    more: int


def found(rows: pd.DataFrame, column: str = taken.DISTURBED) -> Paragraph:
    """The facts of latencies of which ``column`` tells what disturbed them."""
    if column not in rows or rows.empty:
        return ()
    names = [name for name, why in zip(rows["student"], rows[column], strict=True) if taken.is_disturbed(why)]
    server = column == taken.DISTURBED
    if names:
        return (disturbed(names, Again.SERVER if server else Again.THERE),)
    together = len(rows) < 2 or taken.together(*rows.to_dict("records"))
    return (SeveralRounds(),) if server and not together else ()


def disturbed(names: Sequence[str], again: Again) -> Disturbed:
    """The fact of these networks, of which as many are named as a sentence has room for."""
    shown, more = _few(names)
    return Disturbed(names=shown, more=more, again=again)


def not_timed(names: Sequence[str]) -> NotTimed | None:
    """The fact of these networks; None where there is none."""
    shown, more = _few(names)
    return NotTimed(names=shown, more=more) if names else None


def _few(names: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """Those that are named, and how many are only counted."""
    shown = names if len(names) <= MOST else names[: MOST - 1]
    return tuple(shown), len(names) - len(shown)
