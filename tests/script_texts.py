"""Texts that scripts show and that no catalogue has: literals of several words, or with a capital, outside of ``t``.

``found`` answers a line a place; a house is a mapping of paths to source texts, as in ``tests/house.py``.
"""

import re
from collections.abc import Iterator, Mapping

from babel.messages.jslexer import Token, tokenize, unquote_string

__all__ = ["found"]

ASKING = frozenset({"t", "N_", "ngettext"})
# Of a choice between two texts Babel finds the second alone.
BEFORE = frozenset("(,+")
# What is never shown: errors of programmers, names of what is kept, and where an element stands.
UNSHOWN = frozenset({"for", "RangeError", "querySelector", "querySelectorAll", "closest", "Error", "import"})
TEXT = re.compile(r"[^\W\d_]{2,} [^\W\d_]{2,}|^[A-Z][a-z]+\b(?!\.)|^\W*[a-z]+ …$")
# Browsers, systems and adapters as they are kept, what a browser's tools list, classes of looks, and keys.
NAMES = frozenset(
    (
        *("Edge", "Opera", "Samsung Internet", "Firefox", "Chrome", "Chromium", "Safari"),
        *("Android", "Android {}", "Windows", "Linux", " (in software)", "stroke to answer"),
        *(
            "answer waiting",
            "chip lacks",
            "draw reading",
            "draw filling",
            "drift decided",
            "Enter",
            "Escape",
            "no adapter",
        ),
        *("answers masks", "board scenes", "draw asking", "tiles fans", "drift graph"),
    )
)


def found(house: Mapping[str, str]) -> list[str]:
    return [
        f"{path}:{token.lineno}: {_words(token)[:60]!r}"
        for path, source in sorted(house.items())
        for token in _bare(source)
        if TEXT.search(_words(token)) and _words(token) not in NAMES and not _is_look(token)
    ]


def _bare(source: str) -> Iterator[Token]:
    """Literals that no call of ``ASKING`` or ``UNSHOWN`` takes. Within a template nothing asks: Babel does not look
    into one."""
    calls: list[str] = []
    last = ""
    for token in tokenize(source):
        inside = calls[-1] if calls else ""
        if token.type == "operator" and token.value == "(":
            calls.append(last.rpartition(".")[2])
        elif token.type == "operator" and token.value == ")":
            calls = calls[:-1]
        elif token.type in ("string", "template_string") and inside not in UNSHOWN:
            asked = inside in ASKING and last in BEFORE and "${" not in token.value
            yield from () if asked else (token,)
        if token.type not in ("linecomment", "multilinecomment"):
            last = token.value


def _words(token: Token) -> str:
    text = unquote_string(token.value)
    return text if re.search(r"\bt\(\"", text) else re.sub(r"\$\{[^{}]*\}", "{}", text)


def _is_look(token: Token) -> bool:
    return bool(re.search(r"\{\n|: fixed|color-mix\(", token.value))
