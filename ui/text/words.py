"""How numbers read on every screen: with their unit, and with their interval where there is one."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from distill_core.decimals import difference_digits, fixed, latency_digits, rounded
from distill_core.tasks.base import METRIC_TITLES
from ui.text.language import N_, _, decimal, listed, ngettext
from ui.text.said import plain, sentence, shown, told, without_paths

__all__ = [
    "NOTHING",
    "ago",
    "called",
    "count",
    "delta",
    "delta_digits",
    "exact",
    "firm",
    "interval",
    "join",
    "labels",
    "metric",
    "milliseconds",
    "number",
    "percent",
    "plain",
    "points",
    "pp",
    "sentence",
    "short",
    "shown",
    "signed",
    "size",
    "state",
    "term",
    "times",
    "told",
    "verdict",
    "without_paths",
]

NOTHING = "–"

# Where a line must not break: between a number and its unit, its interval, its comparison.
_FIRM = re.compile(r"(?<=≈) |(?<=\d) (?=%|[kMG]?B\b|pp\b|m?s\b|[kMG]\b)| (?=±)|(?<=±) |(?<=\bp) (?=[<=])|(?<=p [<=]) ")
# Names that were given when examples were images.
_CALLED = {"images": N_("examples")}
_VERDICTS = {
    "better": N_("better"),
    "worse": N_("worse"),
    "no difference shown": N_("no difference shown"),
    "too few seeds": N_("too few seeds"),
}
_STATES = {
    "queued": N_("waiting"),
    "running": N_("running"),
    "paused": N_("paused"),
    "finished": N_("finished"),
    "failed": N_("failed"),
    "stopped": N_("stopped"),
    "interrupted": N_("interrupted"),
}


def _absent(value: float | None) -> bool:
    return value is None or math.isnan(value)


def number(value: float, digits: int = 0, *, grouped: bool = False) -> str:
    """A number with so many decimal places, rounded as everywhere: ``1.9``; ``grouped``: ``1,378``."""
    if not math.isfinite(value):
        return fixed(value, digits)
    return decimal(rounded(value, digits), digits, grouped=grouped)


def short(value: float, significant: int = 6) -> str:
    """A number to so many significant digits, without zeros at its end: ``4``, ``0.05``."""
    text = f"{value:.{significant}g}"
    return number(float(text), len(text.partition(".")[2])) if "e" not in text else text


def times(ratio: float) -> str:
    """How many times as much: ``1.9`` or ``13``."""
    return number(ratio, 1) if ratio < 9.95 else number(round(ratio), grouped=True)


def percent(value: float | None, half_width: float | None = None, *, digits: int = 1) -> str:
    """A share (0 to 1) as ``82.8 %`` or, with a half width (0 to 1), ``82.8 % ± 2.4``."""
    if _absent(value):
        return NOTHING
    if _absent(half_width):
        return _("{value} %", value=number(100 * value, digits))
    return _("{value} % ± {half}", value=number(100 * value, digits), half=number(100 * half_width, digits))


def points(value: float | None, half_width: float | None = None, *, digits: int = 1) -> str:
    """A difference in percentage points as ``+5.1``, ``−0.4`` or ``+5.1 ± 2.0``; 0 has no sign."""
    if _absent(value):
        return NOTHING
    return f"{signed(value, digits)}{_half(half_width, digits)}"


def pp(difference: str) -> str:
    """A difference of shares with its unit: ``+5.1 pp``."""
    return _("{difference} pp", difference=difference)


def signed(value: float, digits: int) -> str:
    """A number with its sign: ``+0.523``; 0 has none."""
    shown = rounded(value, digits)
    sign = "+" if shown > 0 else "−" if shown < 0 else ""
    return f"{sign}{number(abs(shown), digits)}"


def delta(row: Mapping[str, Any], *, interval: bool = True) -> str:
    """The ``points`` between a student, a row of ``Reports.summary``, and its control."""
    half = row["delta_half_width_points"] if interval else None
    return points(row["delta_points"], half, digits=delta_digits(row))


def delta_digits(row: Mapping[str, Any]) -> int:
    """The number of decimal places of a difference from the control: that of all rows of ``Reports.summary``; of a row
    alone one more than accuracies have where those as they are read would give another difference."""
    if row.get("delta_digits"):
        return int(row["delta_digits"])
    of, control = row.get("test_accuracy"), row.get("control_accuracy")
    return 1 if _absent(row["delta_points"]) else difference_digits(row["delta_points"], of, control)


def interval(value: float | None, half_width: float | None = None, *, unit: str = "", digits: int = 2) -> str:
    """A plain number with unit and interval: ``0.05 ± 0.01 nats``."""
    if _absent(value):
        return NOTHING
    return f"{number(value, digits)}{_half(half_width, digits)}{f' {unit}' if unit else ''}"


def _half(half_width: float | None, digits: int) -> str:
    return "" if _absent(half_width) else f" ± {number(half_width, digits)}"


def size(size_bytes: float | None) -> str:
    """Bytes as ``306 kB`` or ``1.2 MB`` (1 kB is 1,000 bytes)."""
    return _scaled(size_bytes, (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)), "B")


def count(number: float | None) -> str:
    """Parameters and MACs as ``77.8 k`` or ``2.6 M``; small numbers as they are."""
    return _scaled(number, (("G", 1e9), ("M", 1e6), ("k", 1e3)), "")


def _scaled(value: float | None, units: Sequence[tuple[str, float]], smallest: str) -> str:
    if _absent(value):
        return NOTHING
    for unit, factor in units:
        # A value that rounds up to the next unit's 1 belongs there: 999,999 bytes are 1.0 MB.
        if value >= 0.9995 * factor:
            return f"{number(value / factor, 0 if value >= 99.95 * factor else 1)} {unit}"
    return f"{number(value)} {smallest}".rstrip()


def milliseconds(value_ms: float | None) -> str:
    """Latency as ``0.031 ms``, ``0.31 ms``, ``4.2 ms`` or ``120 ms``."""
    if _absent(value_ms):
        return NOTHING
    return f"{number(value_ms, latency_digits(value_ms))} ms"


def exact(value: float) -> str:
    """The shortest text that reads back as the same number: ``4``, ``0.0123456789``. For addresses and for options
    that stand in them."""
    return repr(float(value)).removesuffix(".0")


def ago(seconds: float) -> str:
    """How long since: ``just now``, ``5 min ago``, ``3 h ago``, ``2 days ago``."""
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return ngettext("{count} min ago", "{count} min ago", int(seconds // 60))
    if seconds < 86400:
        return ngettext("{count} h ago", "{count} h ago", int(seconds // 3600))
    return ngettext("{count} day ago", "{count} days ago", int(seconds // 86400))


def labels(count: float | None) -> str:
    """How many labels a network saw: ``500 labels``; None or not a number: ``all labels``."""
    return _("all labels") if _absent(count) else ngettext("{count} label", "{count} labels", int(count))


def join(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return listed(words)


def firm(sentence: str) -> str:
    """The sentence with each number, its unit and its interval in the same line."""
    return _FIRM.sub("\u00a0", sentence)


def metric(name: str) -> str:
    """A task's metric as it stands in a sentence: ``accuracy``, ``mean IoU``."""
    return _(METRIC_TITLES.get(name) or name.replace("_", " "))


def scored(text: str, name: str) -> str:
    """A text of the catalogue with a task's metric in its place ``{metric}``, or ``{Metric}`` with a capital."""
    return _(text, **metric_places(name))


def metric_places(name: str) -> dict[str, str]:
    """What stands in the places ``{metric}`` and ``{Metric}`` of a text."""
    found = metric(name)
    return {"metric": found, "Metric": found[:1].upper() + found[1:]}


def term(key: str, text: str = "") -> str:
    """Markdown that leads to a term of the glossary; ``text``, by default the key in words, is what stands there."""
    return f"[{text or _(key.replace('-', ' '))}](glossary#{key})"


def state(name: str) -> str:
    """A job's state in a visitor's word."""
    return _(_STATES[name]) if name in _STATES else str(name)


def called(name: object) -> str:
    """What a page calls a parameter or an option of the engine by its name there."""
    return _(_CALLED.get(str(name), str(name).replace("_", " ")))


def verdict(name: str | None) -> str | None:
    """What a table calls the engine's verdict on a difference; None where there is none."""
    return None if name is None else told(_VERDICTS.get(name, name))
