"""JSON of a stranger: bounded in values, depth and length of texts before any of it is used."""

import json
import math
from typing import Any

from distill_core.errors import CorruptFile, said

DEEPEST = 40
MOST_VALUES = 4_000_000
LONGEST_TEXT = 4_000_000
LARGEST_INTEGER = 2**63 - 1


def decode_bounded(data: bytes, what: str) -> Any:
    """The value of a JSON text in UTF-8. Numbers are finite, texts can be written in UTF-8 and have no NUL.

    Raises: CorruptFile, which names ``what`` was read.
    """
    values = data.count(b",") + data.count(b"[") + data.count(b"{")
    if values > MOST_VALUES:
        raise _refused(what, said("at most {count:,} values", MOST_VALUES), said("{value:,}", values))
    try:
        decoded = json.loads(data.decode("utf-8"), parse_constant=_no_number, object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:  # ValueError: of encodings and of long integers too
        raise _refused(what, "JSON", error) from error
    _check(decoded, what)
    return decoded


def _check(decoded: Any, what: str) -> None:
    """Level by level, since a text may be deeper than Python's stack."""
    level, depth = [decoded], 0
    while level:
        inner: list[Any] = []
        for value in level:
            kind = type(value)
            if kind is str:
                if len(value) > LONGEST_TEXT or "\0" in value or not (value.isascii() or _is_writable(value)):
                    raise _refused(
                        what, said("texts of at most {count:,} characters in UTF-8", LONGEST_TEXT), repr(value[:40])
                    )
            elif kind is float:
                if not math.isfinite(value):
                    raise _refused(what, "finite numbers", value)
            elif kind is int:
                if abs(value) > LARGEST_INTEGER:
                    raise _refused(what, "integers of 64 bits", said("one of {count} bits", value.bit_length()))
            elif kind is list or kind is dict:
                if depth >= DEEPEST:
                    raise _refused(what, said("at most {count} levels", DEEPEST), "more")
                inner += value if kind is list else (*value.keys(), *value.values())
        level, depth = inner, depth + 1


def _is_writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair
        return False
    return True


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a key that comes twice")
    return values


def _refused(what: str, expected: object, got: object) -> CorruptFile:
    hint = "export or download it again; nothing was imported"
    return CorruptFile(said("reading {what}", what), expected=expected, got=got, hint=hint)
