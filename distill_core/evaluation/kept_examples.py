"""How many examples of a part have their logits stored."""

import math
from collections.abc import Sequence

# Of a part so many positions are kept: those of the first examples, since all take megabytes.
KEPT_POSITIONS = 2**16


def kept_examples(count: int, positions: Sequence[int]) -> int:
    """Of ``count`` examples of a part all, or the first ones where each has many ``positions``."""
    each = math.prod(positions)
    return count if each == 1 else min(count, max(1, KEPT_POSITIONS // each))
