"""Our own modules for the browser, under an address that changes with their content."""

import hashlib
from functools import lru_cache
from pathlib import Path

from distill_core.errors import NotFound

__all__ = ["component", "digest", "script"]

FOLDER = Path(__file__).resolve().parent / "js"


@lru_cache(maxsize=1)
def _served() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.js"))}


@lru_cache(maxsize=1)
def digest() -> str:
    """One for all modules, since they import each other."""
    together = hashlib.sha256()
    for name, data in _served().items():
        together.update(f"{name} {len(data)} ".encode())
        together.update(data)
    return together.hexdigest()[:16]


def script(of: str, name: str) -> bytes:
    """A module. Raises NotFound, also where ``of`` is the digest of another version of the lab."""
    if of != digest() or name not in _served():
        raise NotFound(f"no script {name!r} of this version; load the page again")
    return _served()[name]


def component(name: str) -> str:
    """The JavaScript of a Streamlit component."""
    return (FOLDER / "components" / f"{name}.js").read_text(encoding="utf-8")
