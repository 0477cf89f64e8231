"""Texts as tokens: each byte of UTF-8 plus 1, and 0 as padding. Shapes: N texts, B of them in a batch, L tokens."""

import re
from collections.abc import Sequence

import numpy as np

from distill_core.tasks.base import InputSpec

LENGTH = 64
VOCABULARY = 257
INPUT = InputSpec(shape=(LENGTH,), dtype="int64", vocabulary=VOCABULARY)
# Half of a pair is no character, and browsers write U+FFFD for it.
_HALF = re.compile("[\ud800-\udfff]")


def utf8(text: str) -> bytes:
    """The bytes of a text, as a browser's TextEncoder gives them."""
    return _HALF.sub("\ufffd", text).encode()


def starts_character(data: np.ndarray) -> np.ndarray:
    """Which bytes of UTF-8 (uint8) are the first of a character."""
    return np.asarray((data & 0xC0) != 0x80)


def tokens(texts: Sequence[str], length: int = LENGTH) -> np.ndarray:
    """(N, length), int64: the bytes of each text plus 1, up to the last character that fits whole, then 0."""
    tokens_NL = np.zeros((len(texts), length), np.int64)
    for row_L, text in zip(tokens_NL, texts, strict=True):
        data = np.frombuffer(utf8(text[:length]), np.uint8)
        if len(data) > length:
            (first,) = np.nonzero(starts_character(data[: length + 1]))
            data = data[: first[-1]]
        row_L[: len(data)] = data.astype(np.int64) + 1
    return tokens_NL
