"""Names that strangers' files bring, as texts that any page, table or file can show as they are."""

import re
import unicodedata

LONGEST = 64
# In the place of what Markdown, HTML, formulas or a terminal would take for a command stands its full-width twin.
_TWINS = {ord(character): ord(character) + 0xFEE0 for character in "$<>[]{}*`|~\\:#%^="}
# Underscores within a word are letters; around one they would make it slanted.
_AROUND = re.compile(r"(?<!\w)_+|_+(?!\w)|(?<=_)_|_(?=_)")
# Joiners of letters, without which words of some scripts are others.
_JOINERS = {"\u200c", "\u200d"}
_DIGITS = re.compile(r"(\d+)")


def shown(name: str, longest: int = LONGEST) -> str:
    """A name in any script without control characters, in composed form and on one line; empty where nothing is left.

    The same once more is the same.
    """
    told = one_line(name, len(name)).translate(_TWINS)
    told = _AROUND.sub(lambda found: "＿" * len(found[0]), told)
    return unicodedata.normalize("NFC", told[:longest].strip())


def one_line(text: str, longest: int) -> str:
    """A text without control characters, in composed form and on one line; for where its letters are escaped."""
    kept = "".join(_kept(character) for character in unicodedata.normalize("NFC", text))
    return " ".join(kept.split())[:longest].strip()


def in_order(name: str) -> tuple[tuple[int, int | str], ...]:
    """A key that puts class 2 before class 10, and capitals beside small letters."""
    parts = _DIGITS.split(name.casefold())
    return tuple((0, int(part)) if part.isdecimal() and part.isascii() else (1, part) for part in parts)


def _kept(character: str) -> str:
    kind = unicodedata.category(character)
    if kind in ("Cs", "Co", "Cn"):
        return "\ufffd"
    if kind == "Cf":
        return character if character in _JOINERS else ""
    return " " if kind in ("Cc", "Zl", "Zp", "Zs") else character
