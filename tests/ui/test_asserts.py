"""Pages check what they need: ``python -O`` leaves asserts out."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_no_page_relies_on_an_assert():
    files = [ROOT / "app.py", *(ROOT / "ui").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert)
    ]
    assert found == []
