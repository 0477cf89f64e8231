"""Standard JSON for every database: NaN and infinity, as in diverged losses, are encoded as objects."""

import json
import math
from collections.abc import Mapping
from typing import Any

MARK = "not finite"


class Undecodable:
    """Marks a value that cannot be decoded, so that only its row is skipped."""

    def __repr__(self) -> str:
        return "undecodable"


UNDECODABLE = Undecodable()


def encode(value: Any) -> str:
    """Numbers that are not finite become ``{"not finite": "nan"}``. Raises TypeError for what JSON cannot hold."""
    return json.dumps(_writable(value), allow_nan=False)


def decode(text: str | bytes) -> Any:
    """The value of an encoded text; UNDECODABLE for invalid JSON."""
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


def _read(decoded: dict[str, Any]) -> Any:
    return float(decoded[MARK]) if decoded.keys() == {MARK} else decoded
