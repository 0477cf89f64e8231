"""A specification as one parameter of an address: base64url of zlib of its JSON."""

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

from distill_core.bounded_json import decode_bounded
from distill_core.errors import DistillError, InvalidSetting, said

__all__ = ["MOST_LETTERS", "pack", "unpack"]

# An address of 200 students with a name each has some 6,000; many proxies take requests of 8,192 and no longer ones.
MOST_LETTERS = 7_500
MOST_BYTES = 400_000


def pack(values: Mapping[str, Any]) -> str:
    """The values as text. Equal ones whose fields stand in another order, or another version of zlib, make another
    text that ``unpack`` reads as well."""
    plain = json.dumps(values, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(zlib.compress(plain.encode(), 9)).decode().rstrip("=")


def unpack(text: str) -> dict[str, Any]:
    """The values; neither more letters nor, unpacked, more bytes than a specification has are looked at.

    Raises: InvalidSetting.
    """
    if len(text) > MOST_LETTERS:
        raise _refused(said("at most {count:,} letters", MOST_LETTERS), said("{value:,}", len(text)))
    try:
        packed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        reader = zlib.decompressobj()
        plain = reader.decompress(packed, MOST_BYTES)
    except (ValueError, zlib.error):
        raise _refused("a specification as Copy link writes it", f"{text[:20]}…") from None
    if reader.unconsumed_tail:
        raise _refused(said("at most {count:,} bytes", MOST_BYTES), "more")
    if not reader.eof or reader.unused_data:
        raise _refused("a whole specification", "a part of one" if not reader.eof else "something after it")
    try:
        values = decode_bounded(plain, "the specification in the address")
    except DistillError as error:
        raise _refused("a specification in JSON", error.text) from None
    if not isinstance(values, dict):
        raise _refused("a specification", type(values).__name__)
    return values


def _refused(expected: str, got: str) -> InvalidSetting:
    return InvalidSetting("spec in the address", expected=expected, got=got, hint="copy the whole link once more")
