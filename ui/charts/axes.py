"""What a network costs, and how each cost reads on an axis: ``100 kB, 1 MB`` and never ``6 7 8 9``."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ui.text import words
from ui.text.language import N_, _, as_written

__all__ = [
    "COSTS",
    "Cost",
    "Scale",
    "cost_of",
    "linear_ticks",
    "log_scale",
    "on_device",
    "scale",
    "share_bars",
    "share_scale",
    "tick",
]

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A column of the lab's summary where less is better.

    ``name`` is what addresses say; ``unit`` and ``factor`` are those of tables; ``taken`` is the column that tells what
    disturbed a latency. ``titled``, ``shown`` and ``explained`` are texts of the catalogue; ``device`` stands in them.
    """

    column: str
    name: str
    titled: str
    shown: str
    explained: str
    write: Callable[[float | None], str]
    unit: str
    factor: float
    taken: str = ""
    device: str = ""

    @property
    def title(self) -> str:
        return _(self.titled, device=self.device) if self.device else _(self.titled)

    @property
    def heading(self) -> str:
        """What heads its column in a table."""
        return _("{cost} ({unit})", cost=self.title, unit=self.unit)

    @property
    def label(self) -> str:
        """What pickers show."""
        return _(self.shown)

    @property
    def help(self) -> str:
        return _(self.explained)


COSTS: dict[str, Cost] = {
    cost.column: cost
    for cost in (
        Cost(
            column="onnx_bytes",
            name="ONNX file",
            titled=N_("Size of the ONNX file"),
            shown=N_("ONNX file"),
            explained=N_("Bytes of the [ONNX file](glossary#onnx) that a device loads."),
            write=words.size,
            unit="kB",
            factor=1e-3,
        ),
        Cost(
            column="size_bytes",
            name="weights",
            titled=N_("Size of the weights"),
            shown=N_("Weights"),
            explained=N_("Bytes of the weights file (safetensors), as stored."),
            write=words.size,
            unit="kB",
            factor=1e-3,
        ),
        Cost(
            column="macs",
            name="MACs",
            titled=N_("MACs for one example"),
            shown=N_("MACs"),
            explained=N_(
                "Multiply-accumulate operations of convolutions, linear layers and attention for one example. "
                "See [MACs](glossary#macs) and [Pareto front](glossary#pareto-front)."
            ),
            write=words.count,
            unit="M",
            factor=1e-6,
        ),
        Cost(
            column="parameters",
            name="parameters",
            titled=N_("Parameters"),
            shown=N_("Parameters"),
            explained=N_("Numbers that training sets."),
            write=words.count,
            unit="k",
            factor=1e-3,
        ),
        Cost(
            column="p50_ms",
            name="p50",
            titled=N_("Median latency (server)"),
            shown=N_("Median latency (server)"),
            explained=N_(
                "Median time for one example in onnxruntime on one thread of the server. "
                "See [latency](glossary#latency)."
            ),
            write=words.milliseconds,
            unit="ms",
            factor=1.0,
            taken="disturbed",
        ),
        Cost(
            column="p95_ms",
            name="p95",
            titled=N_("95th percentile of latency (server)"),
            shown=N_("95th percentile (server)"),
            explained=N_("19 of 20 answers are faster than this: onnxruntime, batch 1, one thread of the server."),
            write=words.milliseconds,
            unit="ms",
            factor=1.0,
            taken="disturbed",
        ),
    )
}


def on_device(device: str) -> Cost:
    """Latency on somebody's device: a column that the page adds to the lab's summary."""
    return Cost(
        column="device_p50_ms",
        name="p50 on a device",
        titled=N_("Median latency (browser) on {device}"),
        shown=N_("Median latency (browser)"),
        explained=N_(
            "Median time for one example in the browser of a device: on its fastest backend that answers rightly."
        ),
        write=words.milliseconds,
        unit="ms",
        factor=1.0,
        taken="device_disturbed",
        device=device,
    )


def cost_of(axis: str | Cost) -> Cost:
    """A cost, or the one of ``COSTS`` with this column."""
    return axis if isinstance(axis, Cost) else COSTS[axis]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One axis: its ends and ticks in data units, and the text of each tick."""

    low: float
    high: float
    ticks: tuple[float, ...]
    texts: tuple[str, ...]
    log: bool = False

    def place(self, value: float) -> float:
        """Where a value lies between the ends: 0 to 1."""
        low, high, at = (math.log(v) if self.log else v for v in (self.low, self.high, value))
        return (at - low) / (high - low)

    def value(self, place: float) -> float:
        """The value at a place: the way back."""
        if self.log:
            return self.low * (self.high / self.low) ** place
        return self.low + place * (self.high - self.low)

    def layout(self) -> dict[str, object]:
        """Plotly's words for this axis."""
        ends = [math.log10(self.low), math.log10(self.high)] if self.log else [self.low, self.high]
        kind = "log" if self.log else "linear"
        return {"type": kind, "range": ends, "tickvals": list(self.ticks), "ticktext": list(self.texts)}


def scale(values: Sequence[float], cost: Cost, *, log: bool) -> Scale:
    """The axis of a cost. A logarithmic one spans a factor of four at least, a linear one starts at 0."""
    known = [value for value in values if value > 0] or [1.0]
    low, high = min(known), max(known)
    if not log:
        ticks = linear_ticks(0, high * 1.12)
        return Scale(low=0, high=high * 1.12, ticks=ticks, texts=tuple(tick(cost, v) for v in ticks))
    stretch = max(1.35, 2 / math.sqrt(high / low))
    low, high = low / stretch, high * stretch
    ticks = _log_ticks(low, high)
    return Scale(low=low, high=high, ticks=ticks, texts=tuple(tick(cost, v) for v in ticks), log=True)


def share_scale(lows: Sequence[float], highs: Sequence[float]) -> Scale:
    """An axis for shares (0 to 1) written in percent, a little wider than the data."""
    low, high = max(0.0, min(lows, default=0.0)), min(1.0, max(highs, default=1.0))
    room = max(0.1 * (high - low), 0.01)
    low, high = max(0.0, low - room), min(1.0 + room / 2, high + room)
    ticks = tuple(value for value in linear_ticks(low, high, count=6) if value <= 1)
    texts = tuple(_("{value} %", value=words.short(round(100 * value, 1))) for value in ticks)
    return Scale(low=low, high=high, ticks=ticks, texts=texts)


def share_bars(
    means: Sequence[float], halves: Sequence[float], *, colour: str, most: float = 1.0
) -> dict[str, Any] | None:
    """Plotly's error bars of shares, which end where shares do: at 0 and at ``most``. None without an interval."""
    if not any(halves):
        return None
    pairs = list(zip(means, halves, strict=True))
    return {
        "symmetric": False,
        "array": [max(0.0, min(half, most - mean)) for mean, half in pairs],
        "arrayminus": [max(0.0, min(half, mean)) for mean, half in pairs],
        "color": colour,
        "thickness": 1.5,
        "width": 4,
    }


def tick(cost: Cost, value: float) -> str:
    """A tick's text, without digits that say nothing: ``1 MB``, ``0.5 ms``, ``0``."""
    if cost.unit == "ms":
        return f"{words.short(value)} ms"
    text = cost.write(value)
    return re.sub(f"{re.escape(as_written('.'))}0+(?= |$)", "", text)


def linear_ticks(low: float, high: float, count: int = 5) -> tuple[float, ...]:
    """About ``count`` round values between two ends."""
    rough = (high - low) / count
    power = 10 ** math.floor(math.log10(rough))
    step = next(size * power for size in _STEPS if size * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return tuple(round(n * step, 10) for n in range(first, math.floor(high / step + 1e-9) + 1))


def log_scale(values: Sequence[float]) -> Scale:
    """A logarithmic axis for plain numbers above 0, a little wider than these."""
    low, high = min(values) / 1.1, max(values) * 1.1
    ticks = _log_ticks(low, high)
    return Scale(low=low, high=high, ticks=ticks, texts=tuple(map(words.short, ticks)), log=True)


def _log_ticks(low: float, high: float) -> tuple[float, ...]:
    """The roundest values between two ends, three at least."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for heads in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7)):
        ticks = tuple(head * 10.0**power for power in powers for head in heads if low <= head * 10.0**power <= high)
        if len(ticks) >= 3:
            break
    return ticks
