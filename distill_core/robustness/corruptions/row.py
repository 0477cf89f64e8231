"""What happens to a row of a table: values are missing, or those of another row.

A share of the values is changed, and those that a lower severity changes are among them.
"""

import numpy as np

from distill_core.robustness.corruptions.base import Corruption
from distill_core.robustness.corruptions.random import PerImageRandom


def _missing(values_NC: np.ndarray, share: float, draws: PerImageRandom) -> np.ndarray:
    chance_NC = draws.uniform(values_NC.shape[1])
    return np.where(chance_NC < share, np.float32(np.nan), values_NC)


ENTRIES = (
    Corruption(
        name="missing_values",
        title="Missing values",
        family="missing",
        teaches="A field was left empty, or a sensor was silent: each value is missing by chance, whatever it was.",
        levels=(0.05, 0.15, 0.3, 0.5, 0.75),
        apply=_missing,
        kind="row",
    ),
)
