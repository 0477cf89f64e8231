"""The rules of the house, read from the source: each function answers what breaks one, as plain sentences.

A house is a mapping of paths (``distill_core/tasks/digits.py``) to source texts, so that a rule can be shown to fail.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

__all__ = [
    "FLOORS",
    "SLOW",
    "House",
    "Rule",
    "bad_names",
    "circles",
    "early",
    "hidden_rooms",
    "imports",
    "names",
    "pages_together",
    "trespass",
    "wrong_way",
]

House = Mapping[str, str]
Rule = Callable[[House], list[str]]

FLOORS = (
    (
        *("distill_core", "clock", "decimals", "said", "errors", "registry", "events", "spec"),
        *("accelerator", "cgroup", "browser_measurement", "machine", "time_left", "files", "assets", "lazy_torch"),
        *("archive", "bounded_json", "spreadsheet"),
    ),
    ("tasks", "networks", "store", "jobs"),
    ("methods", "evaluation", "compression", "deployment", "robustness"),
    ("planning",),
    ("training",),
    ("templates",),
    ("execution", "reports"),
    ("lab",),
    ("ui", "shell", "serve", "__main__"),
    ("pages", "app"),
)
ONLY = {
    "threading": "jobs",
    "_thread": "jobs",
    "concurrent": "jobs",
    "sqlalchemy": "store",
    "alembic": "store",
    "sqlite3": "store",
    "onnxruntime": "deployment",
}
SLOW = (
    *("torch", "torchvision", "sklearn", "scipy", "onnx", "onnxruntime", "safetensors.torch"),
    *("torch_pruning", "tensorly"),
)
AHEAD = {"ui.server.lifespan"}
EMPTY_WORDS = {"util", "utils", "helper", "helpers", "common"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """``module`` imports ``target`` (a name of it included); ``early``: at import time; ``typing``: for types alone."""

    module: str
    target: str
    line: int
    early: bool
    typing: bool

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"

    def of(self, package: str) -> bool:
        return self.target == package or self.target.startswith(f"{package}.")


def wrong_way(house: House) -> list[str]:
    """Imports of a room on a higher floor."""
    arrows = [(found, floor(room(found.module)), floor(room(found.target))) for found in inner(house)]
    return [f"{found}: floor {here} asks floor {there}" for found, here, there in arrows if there > here >= 0]


def hidden_rooms(house: House) -> list[str]:
    """Modules in no room of the design."""
    return [f"{name} has no floor" for name in names(house) if floor(room(name)) < 0]


def circles(house: House) -> list[str]:
    """Rooms, and modules at run time, that need each other in a ring."""
    rooms: dict[str, set[str]] = {}
    modules: dict[str, set[str]] = {}
    for found in inner(house):
        if room(found.module) != room(found.target):
            rooms.setdefault(room(found.module), set()).add(room(found.target))
        if not found.typing:
            modules.setdefault(found.module, set()).add(found.target)
    return [*ring(rooms), *ring(modules)]


def trespass(house: House) -> list[str]:
    """Packages used outside the one room that may know them; Streamlit in the engine."""
    found = [(item, owner) for item in imports(house) for package, owner in ONLY.items() if item.of(package)]
    alone = [f"{item}: only {owner}/ may" for item, owner in found if room(item.module) != owner]
    engine = [item for item in imports(house) if item.module.split(".")[0] == "distill_core"]
    return alone + [f"{item}: the engine knows no page" for item in engine if item.of("streamlit")]


def early(house: House) -> list[str]:
    """Slow packages imported at module level, which every page would wait for."""
    slow = [item for item in imports(house) if item.early and any(item.of(package) for package in SLOW)]
    return [
        f"{item} at module level: take it from distill_core.lazy_torch, or import it in the function that needs it"
        for item in slow
    ]


def pages_together(house: House) -> list[str]:
    """Pages that import a page, and screens that anything but pages and their own folder imports; the server loads the
    parts of its first page ahead."""
    pages = [str(item) for item in imports(house) if room(item.module) == "pages" and item.of("pages")]
    screens = [item for item in imports(house) if item.of("ui.screens") and item.module not in AHEAD]
    return pages + [
        f"{item}: only pages/ and its own folder may"
        for item in screens
        if room(item.module) != "pages" and item.target.split(".")[:3] != item.module.split(".")[:3]
    ]


def bad_names(house: House) -> list[str]:
    """Files and folders whose name says nothing."""
    return [path for path in house if EMPTY_WORDS & {word for part in Path(path).parts for word in words(part)}]


def words(part: str) -> list[str]:
    return Path(part).stem.lower().replace("-", "_").split("_")


def ring(graph: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter({node: sorted(graph[node]) for node in sorted(graph)}).prepare()
    except CycleError as error:
        return [" <- ".join(error.args[1])]
    return []


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "distill_core" and len(parts) > 1 else parts[0]


def floor(name: str) -> int:
    return next((number for number, rooms in enumerate(FLOORS) if name in rooms), -1)


def names(house: House) -> set[str]:
    return {module_name(path) for path in house}


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def inner(house: House) -> list[Import]:
    """Imports of one module of the house by another; the target is a module, without the names taken from it."""
    known = names(house)
    found = []
    for item in imports(house):
        target = item.target if item.target in known else item.target.rpartition(".")[0]
        if target in known and target != item.module:
            found.append(replace(item, target=target))
    return list(dict.fromkeys(found))


def imports(house: House) -> list[Import]:
    return [found for path, source in house.items() for found in read(path, source)]


@cache  # every rule reads the whole house
def read(path: str, source: str) -> list[Import]:
    module = module_name(path)
    package = module if path.endswith("__init__.py") else module.rpartition(".")[0]
    return [
        Import(module=module, target=target, line=node.lineno, early=early and not typing, typing=typing)
        for node, early, typing in walk(ast.parse(source, path), early=True, typing=False)
        for target in targets(node, package)
    ]


def walk(node: ast.AST, *, early: bool, typing: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool, bool]]:
    """Every import below ``node``, with whether it happens at import time and whether it is for types alone."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node, early, typing
    inside = early and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    guarded = node.body if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test) else ()
    for child in ast.iter_child_nodes(node):
        yield from walk(child, early=inside, typing=typing or child in guarded)


def targets(node: ast.Import | ast.ImportFrom, package: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    base = ".".join([*above, *([node.module] if node.module else [])])
    return [f"{base}.{alias.name}" for alias in node.names]
