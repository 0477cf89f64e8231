"""How learning curves are drawn: which updates, on which axes, and how smooth."""

from dataclasses import dataclass

import pandas as pd

__all__ = ["PLAIN", "Scaling", "smoothed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """``smoothing`` is the weight of what came before (0: none), ``first`` and ``last`` are the updates that are shown
    (None: from the start, to the end)."""

    smoothing: float = 0.0
    log_updates: bool = False
    log_loss: bool = False
    first: int | None = None
    last: int | None = None

    def shown(self, points: pd.DataFrame) -> pd.DataFrame:
        """The points that the axes have room for: on a logarithmic one nothing stands at 0."""
        low = max(self.first or 0, 1 if self.log_updates else 0)
        return points[points["update"].between(low, float("inf") if self.last is None else self.last)]


PLAIN = Scaling()


def smoothed(values: pd.Series, weight: float) -> pd.Series:
    """Exponential moving average of one curve, without the pull of a start at 0: the first value stays as it is.

    Source: Kingma and Ba 2015, arXiv 1412.6980, section 3 (bias correction); TensorBoard smooths alike.
    """
    return values.ewm(alpha=1 - weight, adjust=True).mean() if weight else values
