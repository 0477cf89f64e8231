"""What a message calls a button is what stands on it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from ui.findings import taken
from ui.jobs import actions

ROOT = Path(__file__).resolve().parents[2]
PYTHON = [*ROOT.glob("distill_core/**/*.py"), *ROOT.glob("ui/**/*.py"), *ROOT.glob("pages/*.py")]
SCRIPTS = [*ROOT.glob("ui/browser/js/**/*.js")]
# How one could call starting an experiment once more, and making what is damaged.
CALLED = re.compile(
    r"\b(?:start(?:ed)?|run|train|make)\b(?: (?:it|them|this|the|its|network|experiment|job|\{\}))* (?:again|anew)",
    re.IGNORECASE,
)
KNOWN = {actions.MAKE.lower(), actions.RESTART.lower()}
PRESSED = re.compile(r"\b[Pp]ress (?!Ctrl)(\*\*)?([A-Z{$][^.,*]*?)(?:\*\*| above| on |[.,]|$)")
BUTTONS = {"button", "page_link", "download_button"}


def texts(path: Path) -> Iterator[str]:
    """Every text of a file but those that document it, with {} for what is put into it."""
    tree = ast.parse(path.read_text("utf-8"))
    aside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    aside |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) not in aside and isinstance(node, ast.Constant | ast.JoinedStr):
            parts = [node] if isinstance(node, ast.Constant) else node.values
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)


def labels() -> set[str]:
    """The beginnings of the labels of all buttons, up to what is put into them."""
    found = {actions.MAKE, actions.RESTART, taken.RUN}
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in BUTTONS and node.args:
                found |= {part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)}
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "label":
                found |= {part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant)}
    return {str(one).split(" · ")[0].strip() for one in found if one} - {""}


def test_to_start_and_to_make_again_is_called_as_the_buttons_are() -> None:
    called = [(path.name, found) for path in PYTHON for text in texts(path) for found in CALLED.findall(text)]
    # Of something else than an experiment: weights, and a ready program.
    others = {"weights.py", "identity.py", "refusals.py", "files.py"}
    assert {found.lower() for name, found in called if name not in others} <= KNOWN


def test_what_is_to_be_pressed_is_there() -> None:
    told = [name for path in PYTHON for text in texts(path) for _, name in PRESSED.findall(text) if "{" not in name]
    assert set(told) <= labels()


def test_scripts_and_pages_call_their_buttons_alike() -> None:
    written = {path.name: path.read_text("utf-8") for path in SCRIPTS}
    assert f'export const RUN = N_("{taken.RUN}")' in written["trouble.js"]
    pressed = {name for text in written.values() for _, name in PRESSED.findall(text) if not {"$", "{"} & {*name}}
    assert pressed <= {actions.MAKE, actions.RESTART}
