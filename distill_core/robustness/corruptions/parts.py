"""Some examples of a part, of any kind: a dataclass whose fields hold one entry an example. N examples."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

Part = TypeVar("Part", bound=Any)


def taken(part: Part, places_N: np.ndarray) -> Part:
    """The examples at these places."""
    found: Part = replace(part, **{field.name: _at(getattr(part, field.name), places_N) for field in fields(part)})
    return found


def joined(parts: Sequence[Part]) -> Part:
    """The examples of several parts in a row, whose fields are arrays."""
    names = [field.name for field in fields(parts[0])]
    found: Part = replace(parts[0], **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
    return found


def _at(entries: Any, places_N: np.ndarray) -> Any:
    return entries[places_N] if isinstance(entries, np.ndarray) else tuple(entries[place] for place in places_N)
