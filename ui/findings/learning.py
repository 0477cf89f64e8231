"""What pictures of learning curves show, and what they have no room for."""

from dataclasses import dataclass

__all__ = ["AccuracyCurves", "Longer", "LossCurves"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuracyCurves:
    """``title`` is that of the metric."""

    title: str
    networks: tuple[str, ...]
    updates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LossCurves:
    """``part`` of the loss as it is called; ``unit`` None where the networks have it in several or in none."""

    part: str
    unit: str | None
    networks: tuple[str, ...]
    updates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Longer:
    """Networks that trained for longer than a chart shows."""

    networks: tuple[str, ...]
    updates: int
