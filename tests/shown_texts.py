"""Texts that pages show and that no catalogue has: literals where a label, a help or a sentence stands.

``found`` answers a line a place; a house is a mapping of paths to source texts, as in ``tests/house.py``. Shown is what
Streamlit's elements take first, what stands under one of ``PARAMETERS`` or is taken there by a function of the house,
and what a function answers in words.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = ["Shown", "found", "is_text", "shown"]

FIRST = frozenset(
    (
        *("markdown", "caption", "info", "warning", "error", "success", "title", "header", "subheader", "toast"),
        *("button", "download_button", "link_button", "checkbox", "toggle", "radio", "selectbox", "multiselect"),
        *("slider", "select_slider", "text_input", "text_area", "number_input", "file_uploader", "segmented_control"),
        *("pills", "expander", "popover", "spinner", "status", "metric", "dialog"),
        *("Column", "TextColumn", "NumberColumn", "ImageColumn", "CheckboxColumn", "LinkColumn", "ProgressColumn"),
    )
)
NO_ELEMENTS = frozenset({"LOG", "finding", "losses", "spec_form", "titles"})
PARAMETERS = frozenset(
    (
        *("label", "help", "help_text", "placeholder", "title", "title_text", "alt", "caption", "measure", "without"),
        *("add", "teaches", "aside"),
    )
)
# Of these every keyword is the heading of a field.
HEADINGS = frozenset({"tip"})
# A swatch, its colour, and its name.
ENTRIES = frozenset({"legend"})
# The glossary translates a term when it draws one; its texts are found by tools/messages.py.
OUTSIDE = ("ui/text/", "ui/findings/sentences/", "ui/server/", "ui/screens/glossary/")
# What answers programs, and tables of ids.
SILENT = (
    *("ui/browser/", "ui/screens/benchmark/downloads.py", "ui/kept.py"),
    *("ui/forms/draft.py", "ui/forms/packed.py", "ui/forms/old_links.py"),
)
# Signs of Markdown, of Streamlit and of TeX, which are no words.
SIGNS = re.compile(r"^\{\".*|:material/\w+:|:\w+(?:-\w+)*\[|\\[A-Za-z]+|</?\w+[^>]*>|\{\w*\}|\]\([^)]*\)|&\w+;")
# What asks a catalogue, or is never shown: keys of what is kept, refusals of the engine's kind, patterns, and clients.
ASKING = frozenset({"_", "N_", "ngettext", "by_kind", "ngettext_by_kind", "scored"})
UNSHOWN = frozenset(
    (
        *("kept", "drawing", "derived", "compile", "sub", "replace", "removeprefix", "component", "getLogger", "layer"),
        *("InvalidSetting", "InvalidAddress", "CorruptFile", "NotFound", "RuntimeError", "tex"),
    )
)
# Names that visitors may change, of shipped networks, of products and of settings that are kept by them.
NAMES = frozenset(
    (
        *(
            "Student {}",
            "student {}",
            "KD, same images",
            "KD, all images",
            "label smoothing",
            "Distill Lab",
            "alpha {}",
        ),
        *("ONNX file", "per tensor", "torch eager-1", "torch eager-n", "onnxruntime-web {}", " (in software)"),
        *("sure, with a second guess", "most confusing", "most certain", "this device", "YYYY-MM-DD HH:mm"),
        *(
            "no faster",
            "no difference shown",
            "too few seeds",
            "top left",
            "top center",
            "pull of",
            "gradient norm of",
            '"Source Sans", sans-serif',
        ),
    )
)
TABLES = frozenset({"_table", "table", "_runs"})
Literal = ast.Constant | ast.JoinedStr | ast.Name | ast.Attribute
# Two words at least, and no markup, address or colour.
SEVERAL = re.compile(r"^(?!.*(?:[<#]|;\n|;$|data:|://)).*[^\W\d_]{2,},? (?:[^\W\d_]{2,}|\{\})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shown:
    """A literal in a place that is shown; ``inside``: within a function, so when it is shown and not at import."""

    path: str
    node: "Literal"
    inside: bool


def found(house: Mapping[str, str]) -> list[str]:
    """``path:line: text`` of each that is in no catalogue."""
    told = []
    for one in shown(house):
        text = house[one.path].splitlines()[one.node.lineno - 1].strip()
        told.append(f"{one.path}:{one.node.lineno}: {text}")
    return sorted(set(told))


def shown(house: Mapping[str, str]) -> Iterator[Shown]:
    """Every literal text in a place that is shown, and every constant of its module there that is such a text."""
    trees = {path: ast.parse(source, path) for path, source in house.items() if _is_looked_at(path)}
    parameters = _parameters(trees.values())
    everywhere = {name for tree in trees.values() for name in _constants(tree) if name.isupper()}
    for path, tree in trees.items():
        constants = _constants(tree) | {f".{name}" for name in everywhere}
        for call, inside in _calls(tree, path.startswith("pages/") or path == "ui/main.py"):
            for place in _places(call, parameters):
                for node in _literals(place, constants):
                    yield Shown(path, node, inside)
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                texts = [*(_returned(function) if _tells(function) else ()), *_headings(function)]
                yield from (Shown(path, node, True) for node in texts)
        if not path.startswith(SILENT):
            ids = {_plain(call.args[0]) for call, _ in _calls(tree, False) if _called(call) == "N_"}
            for node, inside in _several(tree, path.startswith("pages/")):
                if _plain(node) not in ids:
                    yield Shown(path, node, inside)


def _several(node: ast.AST, inside: bool) -> Iterator[tuple[Literal, bool]]:
    """Literals of several words wherever they stand: in a dictionary, a tuple, a variable that is shown later."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Raise() | ast.Compare() | ast.arg():
                continue
            case ast.Expr(value=ast.Constant()):  # a docstring
                continue
            case ast.FunctionDef(body=body):
                yield from _several(ast.Module(body=body, type_ignores=[]), True)
            case ast.Call() if _called(child) in ASKING | UNSHOWN or "LOG" in ast.unparse(child.func):
                continue
            case ast.Dict(values=values):
                yield from _several(ast.Tuple(elts=values), inside)
            case ast.Constant(value=str()) | ast.JoinedStr():
                text = _plain(child)
                if SEVERAL.search(text) and text not in NAMES and "\\" not in text:
                    yield child, inside
            case _:
                yield from _several(child, inside)


def _headings(function: ast.FunctionDef) -> Iterator[Literal]:
    """What heads the columns of a table: the keys of its frame."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and _called(node) == "DataFrame":
            keys = [key for part in ast.walk(node) if isinstance(part, ast.Dict) for key in part.keys]
            for key in keys:
                text = key.value if isinstance(key, ast.Constant) else ""
                if is_text(ast.Constant(text)) and (text[:1].isupper() or function.name in TABLES):
                    yield key


def is_text(node: ast.expr) -> bool:
    """Whether a literal has a word."""
    return bool(re.search(r"[^\W\d_]{2,}", SIGNS.sub("", _plain(node))))


def _plain(node: ast.expr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)


def _is_looked_at(path: str) -> bool:
    return path.startswith(("ui/", "pages/")) and not path.startswith(OUTSIDE)


def _calls(node: ast.AST, inside: bool) -> Iterator[tuple[ast.Call, bool]]:
    decorators = getattr(node, "decorator_list", [])
    for child in ast.iter_child_nodes(node):
        if child in decorators:  # at import
            yield from ((call, False) for call in ast.walk(child) if isinstance(call, ast.Call))
            continue
        within = inside or isinstance(child, ast.FunctionDef | ast.Lambda)
        if isinstance(child, ast.Call):
            yield child, inside
        yield from _calls(child, within)


def _tells(function: ast.FunctionDef) -> bool:
    return function.returns is not None and "str" in ast.unparse(function.returns)


def _returned(function: ast.FunctionDef) -> Iterator[Literal]:
    """Texts of several words that a function answers."""
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            values = node.value.elts if isinstance(node.value, ast.Tuple | ast.List) else [node.value]
            texts = [text for value in values for text in _literals(value, set())]
            if any(SEVERAL.search(_plain(text)) for text in texts):
                yield from texts


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _parameters(trees: object) -> dict[str, set[int]]:
    """Where functions of the house take what is shown, by their names."""
    places: dict[str, set[int]] = {}
    for tree in trees:  # type: ignore[attr-defined]
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = [argument.arg for argument in node.args.args if argument.arg not in ("self", "cls")]
                there = {place for place, name in enumerate(names) if name in PARAMETERS}
                if there:
                    places.setdefault(node.name, set()).update(there)
    return places


def _places(call: ast.Call, parameters: Mapping[str, set[int]]) -> Iterator[ast.expr]:
    name = _called(call)
    in_first = set() if _is_of_house(call) else {0}
    positions = in_first if name in FIRST else parameters.get(name, set())
    yield from (argument for place, argument in enumerate(call.args) if place in positions)
    for keyword in call.keywords:
        if (keyword.arg in PARAMETERS and not _is_fact(name, keyword.arg)) or (name in HEADINGS and keyword.arg):
            yield keyword.value
        elif name in HEADINGS and isinstance(keyword.value, ast.Dict):
            yield from keyword.value.values
    if name in ENTRIES:
        yield from (entry.elts[2] for entry in call.args if isinstance(entry, ast.Tuple) and len(entry.elts) == 3)
    if name == "page_link" or name == "progress":
        yield from (keyword.value for keyword in call.keywords if keyword.arg == "text")


def _is_fact(name: str, parameter: str) -> bool:
    """Whether a class takes this: a fact names what it measured."""
    return parameter == "measure" and name[:1].isupper()


def _is_of_house(call: ast.Call) -> bool:
    """Whether this is no element of Streamlit, but a function of the house that is called as one."""
    return getattr(getattr(call.func, "value", None), "id", "") in NO_ELEMENTS


def _literals(node: ast.expr, constants: set[str]) -> Iterator[Literal]:
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            if is_text(node):
                yield node
        case ast.Name(id=name) if name in constants:
            yield node
        case ast.Attribute(value=ast.Name(id=module), attr=name) if module != "words" and f".{name}" in constants:
            yield node
        case ast.IfExp(body=body, orelse=orelse):
            yield from _literals(body, constants)
            yield from _literals(orelse, constants)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _literals(value, constants)
        case ast.BinOp(left=left, right=right):
            yield from _literals(left, constants)
            yield from _literals(right, constants)


def _constants(tree: ast.Module) -> set[str]:
    """The module's constants that are texts, in a catalogue or not: what is shown asks the catalogue."""
    names = set()
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = _pairs(target, node.value)
                names |= {name for name, value in pairs if _is_words(value)}
    return names


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        for one, other in zip(target.elts, value.elts, strict=True):
            yield from _pairs(one, other)


def _is_words(value: ast.expr) -> bool:
    if isinstance(value, ast.Call) and _called(value) == "N_":
        return True
    return (
        isinstance(value, ast.Constant | ast.JoinedStr)
        and is_text(value)
        and isinstance(getattr(value, "value", ""), str)
    )
