"""What the parts of the loss weigh at an alpha. ``ui/screens/temperature/mixture.py`` finds these facts."""

from dataclasses import dataclass

from distill_core.tasks.base import Kind

__all__ = ["Equal", "Weight"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """The teacher's part of the loss (0 to 1) at an alpha, None where the loss is 0; ``images``: the loss is a mean
    over so many, None where it is that of the chosen one."""

    kind: Kind
    share: float | None
    alpha: float
    images: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Equal:
    """The alpha at which both parts weigh the same."""

    alpha: float
