"""Finds, for ``babel.cfg``, the texts of the engine and of the glossary that pages show: titles, what an entry teaches,
fields of specifications and of parameters, what an error says. They stand in the engine without a call of a catalogue,
which it does not know; pages translate them when they show them.

``make messages`` writes all texts into ``build/messages.pot``.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import IO, Any

from babel.messages.extract import extract_python

from distill_core import errors
from distill_core.tasks import TASKS
from ui.forms.spec_form import plain_help

__all__ = ["engine", "glossary", "pages"]

Message = tuple[int, str | None, str, list[str]]
NAMED = frozenset(
    (
        *("title", "teaches", "doubts", "help", "description", "what", "target", "note", "unit", "valid_note"),
        *("example", "examples"),
    )
)
# What an error says; its texts with places are those of ``said``.
_KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
ERRORS = frozenset(_KINDS | {"explain", "refused", "unoffered", "_busy", "_refused", "_text", "_wrong", "ValueError"})
EXPLAINING = frozenset({"expected", "got", "hint"})
# Where a call takes a text without its name.
PLACED = {"said": (0,), "Parameter": (3,), "Choice": (1,), "weight": (1,), "compared": (0, 1)}
TERM = "Term"
# Of a text that is nothing but places there is nothing to translate.
WITHIN = re.compile(r"\{[^{}]*\}")
OF_EXAMPLES = ("{example}", "{examples}")


def pages(source: IO[bytes], *asked: Any, options: Any) -> Iterator[tuple[int, str, Any, list[str]]]:
    """What Babel finds in Python, and what errors say; a sentence about the examples of a task once more for each kind,
    whose name is its context. A translator leaves those out where the sentence without a context will do."""
    read = source.read()
    yield from _refusals(ast.parse(read))
    for line, call, texts, comments in extract_python(BytesIO(read), *asked, options):
        yield line, call, texts, comments
        told = [text for text in (texts if isinstance(texts, tuple) else (texts,)) if text]
        if any(noun in text for text in told for noun in OF_EXAMPLES):
            for kind in sorted({task.kind.name for task in TASKS}):
                yield line, "npgettext" if len(told) > 1 else "pgettext", (kind, *told), comments


def engine(source: IO[bytes], *asked: Any, **options: Any) -> Iterator[Message]:
    """Texts that stand under one of ``NAMED``, in a call or as a default, where ``PLACED`` says, in a dictionary
    ``…TITLES``, as a meaning in ``symbols``, or name a parameter or choice."""
    tree = ast.parse(source.read())
    assigned = [one for one in tree.body if isinstance(one, ast.Assign)]
    constants = {getattr(to, "id", None): one.value for one in assigned for to in one.targets}
    yield from _refusals(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(str(getattr(to, "id", "")).endswith("TITLES") for to in node.targets):
            yield from _messages(getattr(node.value, "values", []))
        if isinstance(node, ast.Dict):
            yield from _names(node)
        if isinstance(node, ast.Call):
            named = [keyword.value for keyword in node.keywords if keyword.arg in NAMED]
            placed = [node.args[place] for place in PLACED.get(_called(node), ()) if place < len(node.args)]
            letters = [keyword.value for keyword in node.keywords if keyword.arg == "symbols"]
            meanings = [value for known in letters for value in getattr(known, "values", [])]
            texts = [constants.get(getattr(one, "id", ""), one) for one in (*named, *placed, *meanings)]
            for line, _, text, comments in _messages(texts):
                yield line, None, plain_help(text), comments


def _refusals(tree: ast.Module) -> Iterator[Message]:
    """What errors say, also where it is named before."""
    named: dict[str, list[ast.AST]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for name, value in _pairs(node.targets[0], node.value):
                named.setdefault(name, []).extend(_choices(value))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (_called(node) in ERRORS or any(one.arg == "hint" for one in node.keywords)):
            given = [*node.args, *(one.value for one in node.keywords if one.arg in EXPLAINING)]
            for text in (one for value in given for one in _choices(value)):
                yield from _messages(named.get(text.id, []) if isinstance(text, ast.Name) else [text])


def _choices(value: ast.AST) -> list[ast.AST]:
    """A value, or what it is in each case."""
    match value:
        case ast.IfExp(body=body, orelse=orelse):
            return [*_choices(body), *_choices(orelse)]
        case ast.BoolOp(values=values):
            return [one for each in values for one in _choices(each)]
        case ast.Dict(values=values):
            return [one for each in values for one in _choices(each)]
        case ast.Subscript(value=inner):
            return _choices(inner)
    return [value]


def _pairs(target: ast.AST, value: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match target, value:
        case ast.Name(id=name), _:
            yield name, value
        case ast.Tuple(elts=targets), ast.Tuple(elts=values):
            for one, other in zip(targets, values, strict=False):
                yield from _pairs(one, other)


def _names(known: ast.Dict) -> Iterator[Message]:
    """Names of parameters and of choices, and what can be chosen."""
    for key, value in zip(known.keys, known.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(value, ast.Call) and _called(value) in ("Parameter", "Choice"):
            yield key.lineno, None, str(key.value).replace("_", " "), []
            yield from _messages(getattr(value.args[0], "elts", []) if value.args else [])


def glossary(source: IO[bytes], *asked: Any, **options: Any) -> Iterator[Message]:
    """All texts of terms but their keys, and all that their pictures say."""
    for node in ast.walk(ast.parse(source.read())):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(key)), *rest]) if name == TERM:
                yield node.lineno, None, key.replace("-", " "), []
                yield from _messages(rest)
            case ast.Call(func=ast.Name(id="_" | "N_"), args=[text, *_]):
                yield from _messages([text])
            case ast.Call(func=ast.Attribute(value=ast.Name(id="pen"))):
                yield from _messages([part for value in _values(node) for part in ast.walk(value)])
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                yield from _messages(parts)
            case ast.Dict(keys=parts):
                yield from _messages([part for part in parts if part])


def _called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _values(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _messages(nodes: Sequence[ast.AST]) -> Iterator[Message]:
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)) if any(letter.isalpha() for letter in WITHIN.sub("", text)):
                yield node.lineno, None, text, []
