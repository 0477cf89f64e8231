"""onnxruntime-web as npm installs it from the lock file: which of its files a browser may have."""

import json
from functools import lru_cache
from pathlib import Path

from distill_core.errors import MissingData, NotFound, said

__all__ = ["AGAIN", "FILES", "INSTALL", "PACKAGES", "file", "version"]

PACKAGES = Path(__file__).resolve().parents[2] / "node_modules"
FOLDER = PACKAGES / "onnxruntime-web"
MODULE, WASM = "text/javascript", "application/wasm"
# The CPU needs the first two, the Playground the second alone, since its Worker holds the module; WebGPU the others.
# Types stand here: on Windows the registry may say something else.
FILES = {
    "ort.wasm.bundle.min.mjs": MODULE,
    "ort-wasm-simd-threaded.wasm": WASM,
    "ort.webgpu.bundle.min.mjs": MODULE,
    "ort-wasm-simd-threaded.asyncify.wasm": WASM,
}
INSTALL = "end the lab and start it with make run, which fetches it (without make: see the README)"
# Where npm's folder is there, make takes it for whole.
AGAIN = said("delete the folder node_modules, {install}", INSTALL)


@lru_cache(maxsize=1)
def version() -> str:
    """The installed version. Raises MissingData where there is none."""
    try:
        return str(json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError) as error:
        got = "nothing" if isinstance(error, FileNotFoundError) else error
        raise MissingData(
            "the browser's engine", expected="onnxruntime-web in node_modules", got=got, hint=INSTALL
        ) from error


def file(name: str) -> Path:
    """A file of the engine. Raises NotFound, MissingData."""
    if name not in FILES:
        raise NotFound(said("no file {name!r} in the browser's engine", name))
    path = FOLDER / "dist" / name
    if not path.is_file():
        raise MissingData("the browser's engine", expected=name, got="nothing", hint=INSTALL)
    return path
