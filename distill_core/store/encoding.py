"""JSON that every database takes: standard JSON has no NaN and no infinity, and a diverged loss is one."""

import json
import math
from collections.abc import Mapping
from typing import Any

__all__ = ["UNDECODABLE", "Undecodable", "decode", "encode"]

MARK = "not finite"


class Undecodable:
    """Stands for a value that cannot be read any more, so that its row alone is left out."""

    def __repr__(self) -> str:
        return "undecodable"


UNDECODABLE = Undecodable()


def encode(value: Any) -> str:
    """Numbers that are not finite become ``{"not finite": "nan"}``. Raises TypeError for what JSON cannot hold."""
    return json.dumps(_writable(value), allow_nan=False)


def decode(text: str | bytes) -> Any:
    """What was encoded; UNDECODABLE for what is no JSON."""
    try:
        return json.loads(text, object_hook=_read)
    except (TypeError, ValueError, RecursionError):  # ValueError: of numbers and of encodings too
        return UNDECODABLE


def _writable(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return {MARK: str(float(value))}
    if isinstance(value, Mapping):
        return {name: _writable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_writable(inner) for inner in value]
    return value


def _read(found: dict[str, Any]) -> Any:
    return float(found[MARK]) if found.keys() == {MARK} else found
