"""Where sentences are put together from fragments: what a catalogue cannot translate.

Such code stands in ``ui/text`` and ``ui/findings`` alone, where numbers and lists are written. ``found`` answers a line
a place; a house is a mapping of paths to source texts, as in ``tests/house.py``.
"""

import ast
from collections.abc import Iterator, Mapping

__all__ = ["found"]

TALKS = ("ui/text/", "ui/findings/")
# Chosen by a number, these make one sentence of two.
FORMS = frozenset(
    (
        *("is", "are", "was", "were", "has", "have", "does", "do", "it", "they", "takes", "take", "reaches", "reach"),
        *("differs", "differ", "stands", "stand", "this", "these"),
    )
)
CASES = frozenset({"lower", "capitalize", "title"})
PIECES = frozenset({"join", "plural"})


def found(house: Mapping[str, str]) -> list[str]:
    """``path:line: what``, outside of the rooms that may."""
    return [
        f"{path}:{line}: {what}"
        for path, source in house.items()
        if path.startswith(("ui/", "pages/")) and not path.startswith((*TALKS, "ui/server/", "ui/browser/"))
        for line, what in _of(ast.parse(source, path))
    ]


def _of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.IfExp(body=ast.Constant(value=str(first)), orelse=ast.Constant(value=str(other))):
                if {first, other} <= FORMS:
                    yield node.lineno, f"{first} or {other} by a condition: ngettext of two whole sentences"
            case ast.Call(func=ast.Attribute(attr=name), args=[]) if name in CASES:
                yield node.lineno, f".{name}() of a text: write it as it stands, and compare by casefold"
            case ast.JoinedStr():
                for name in _pieces(node):
                    yield node.lineno, f"words.{name} within a text: a place of a whole sentence"


def _pieces(text: ast.JoinedStr) -> Iterator[str]:
    for node in ast.walk(text):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="words"), attr=name)) if name in PIECES:
                yield name
