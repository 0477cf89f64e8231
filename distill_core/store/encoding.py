"""Standard JSON for every database: NaN and infinity, as in diverged losses, are encoded as objects."""

import json
import math
from collections.abc import Mapping
from typing import Any

MARK = "not finite"
PLAIN = frozenset({str, int, bool, type(None)})
ATOMS = PLAIN | {float}
# Texts of the engine by the names of their columns and fields, each with a column beside it.
TEXTS = ("error", "message", "disturbed")


def beside(text: str) -> str:
    """The column with the template and the values of a text."""
    return f"{text}_said"


class Undecodable:
    """Marks a value that cannot be decoded, so that only its row is skipped."""

    def __repr__(self) -> str:
        return "undecodable"


UNDECODABLE = Undecodable()


def encode(value: Any) -> str:
    """Numbers that are not finite become ``{"not finite": "nan"}``. Raises TypeError for what JSON cannot hold."""
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):  # a mapping that is no dict; a number that is not finite
        return json.dumps(writable(value), allow_nan=False)


def decode(text: str | bytes) -> Any:
    """The value of an encoded text; UNDECODABLE for invalid JSON."""
    try:
        return json.loads(text, object_hook=_read)
    except (TypeError, ValueError, RecursionError):  # ValueError: of numbers and of encodings too
        return UNDECODABLE


def writable(value: Any) -> Any:
    """The value with every number that is not finite as an object."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {MARK: str(float(value))}
    if isinstance(value, Mapping):
        return {name: writable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [writable(inner) for inner in value]
    return value


def readable_value(value: Any) -> Any:
    """The value that ``writable`` made this of. Raises ValueError or TypeError where it cannot have made it."""
    if isinstance(value, dict):
        inside = [name for name, inner in value.items() if type(inner) not in ATOMS]
        return _read(value | {name: readable_value(value[name]) for name in inside} if inside else value)
    return [readable_value(inner) for inner in value] if isinstance(value, list) else value


def _read(decoded: dict[str, Any]) -> Any:
    return float(decoded[MARK]) if len(decoded) == 1 and MARK in decoded else decoded
