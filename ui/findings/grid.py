"""What a grid of T and alpha shows: its best cell, which cells are not significantly different, what T and alpha do.

``ui/screens/temperature/verdict.py`` finds these facts."""

from dataclasses import dataclass

from ui.findings.facts import Estimate

__all__ = [
    *("Best", "Cell", "Effect", "Interaction", "Near", "NoBasis", "NoEffect", "NoInteraction", "Part", "Repeated"),
    "Unknown",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """``value`` in the unit of the grid's metric: a share (0 to 1) or nats."""

    temperature: float
    alpha: float
    value: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A grid that is not whole. ``failed`` cells have a run that failed, with ``message``; ``again``: it is the
    repetition here."""

    finished: int
    runs: int
    failed: int = 0
    message: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """``look``: it was seen on the test images. ``of``: the task's own metric."""

    metric: str
    share: bool
    cell: Cell
    cells: int
    control: Estimate | None
    look: bool
    of: str = "accuracy"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoBasis:
    """Nothing shows how much is chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Cells that are not significantly different from the best, of all others; ``margin`` as a share or in nats.
    ``tukey``: by Tukey's test over seeds, else by the number of images alone."""

    near: int
    others: int
    margin: float
    share: bool
    seeds: int
    tukey: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """An axis, ``T`` or ``alpha``, of whose effect too few seeds tell."""

    axis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEffect:
    """``at``: the only value of the other axis, None where the means are over several."""

    axis: str
    other: str
    at: float | None
    spread: float
    share: bool
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The places of an axis with the best and the worst mean."""

    axis: str
    other: str
    at: float | None
    best: tuple[float, float]
    worst: tuple[float, float]
    share: bool
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NoInteraction:
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """The best temperatures, with those not significantly different, at the lowest and the highest alpha."""

    p_value: float
    low: tuple[float, tuple[float, ...]]
    high: tuple[float, tuple[float, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """The best cells of a grid that ships and of its repetition here; ``largest``: the difference of any cell."""

    here: Cell
    shipped: Cell
    share: bool
    largest: float
