"""Examples that use a kit: in Python, in a browser without a network, and in C++."""

from __future__ import annotations

import base64
import gzip
import html
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from distill_core.assets import ASSETS, PROJECT
from distill_core.deployment.kit.files import KitFile
from distill_core.deployment.kit.raw import MASK, PROBABILITIES
from distill_core.deployment.kit.reference import Case
from distill_core.deployment.kit.source import KitSource

TEMPLATES = ASSETS / "kit"
ENGINE = PROJECT / "node_modules" / "onnxruntime-web"
SCRIPT, MODULE, WASM = "ort.wasm.min.js", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"
WRITTEN_FOR = "ready_float32.onnx"


def python_files(source: KitSource, file: KitFile) -> dict[str, bytes]:
    """``check.py``, and ``example.py`` that asks ``file``."""
    kind = kind_of(source, file)
    own = _template(f"example_{kind}.py").replace(WRITTEN_FOR, file.name).replace("network_float32.onnx", file.name)
    return {"check.py": _template("check.py").encode(), "example.py": own.encode()}


def kind_of(source: KitSource, file: KitFile) -> str:
    """What examples ask about: image, scene, sound, text, row; network where the task has no raw form."""
    if file.raw is None:
        return "network"
    return "scene" if source.task.target.positions else file.raw.kind


def has_engine() -> bool:
    """Whether the browser's engine is installed beside this lab."""
    return all((ENGINE / "dist" / name).is_file() for name in (SCRIPT, MODULE, WASM))


def browser_files(
    source: KitSource, file: KitFile, cases: Sequence[Case], arrays: Mapping[str, bytes]
) -> dict[str, bytes]:
    """A page that runs from the disk, and the engine beside it; nothing where that is not installed."""
    if not has_engine():
        return {}
    first = _template("page_row.js") if kind_of(source, file) == "row" else ""
    page = _template("index.html").replace("@SCRIPT@", first + _template("page.js"))
    told = f"{source.task.title}: {file.precision}, {len(file.data) / 1000:,.0f} kB. Nothing leaves this device."
    page = page.replace("@TITLE@", html.escape(source.title)).replace("@TOLD@", html.escape(told))
    return {
        "index.html": page.encode(),
        "model.js": _model_script(source, file, cases, arrays),
        "engine/LICENSE": _template("LICENSE.onnxruntime").encode(),
        "engine/VERSION": f"onnxruntime-web {engine_version()}\n".encode(),
        f"engine/{SCRIPT}": (ENGINE / "dist" / SCRIPT).read_bytes(),
        "engine/wasm.js": _engine_script(engine_version()),
    }


def cpp_files(source: KitSource, file: KitFile, cases: Sequence[Case]) -> dict[str, bytes]:
    """The source of a program that asks ``file``; nothing for a task without a raw form."""
    if file.raw is None:
        return {}
    lines = [_case_line(file, case) for case in cases]
    return {
        "cpp/main.cpp": _template("cpp/main.cpp").replace("@FILE@", file.name).encode(),
        "cpp/input.h": _template(f"cpp/input_{file.raw.kind}.h").encode(),
        "cpp/CMakeLists.txt": _template("cpp/CMakeLists.txt").encode(),
        "cpp/reference.txt": "".join(lines).encode(),
    }


def engine_version() -> str:
    """The version of the installed engine of browsers."""
    return str(json.loads((ENGINE / "package.json").read_text(encoding="utf-8"))["version"])


def _case_line(file: KitFile, case: Case) -> str:
    (given,), answered = case["inputs"].values(), case["outputs"][PROBABILITIES]
    words = given["path"], answered["path"], case["tolerances"][PROBABILITIES], *given["shape"]
    return " ".join(map(str, words)) + "\n"


def _model_script(source: KitSource, file: KitFile, cases: Sequence[Case], arrays: Mapping[str, bytes]) -> bytes:
    task, raw = source.task, file.raw
    side = task.size_px if task.image_spec is not None else 0
    told = {
        "file": file.name,
        "kind": kind_of(source, file),
        "classes": task.classes,
        **{"width": side, "height": side, "channels": task.channels if side else 0},
        "texts": list(source.test.texts[: len(source.examples)][:1]) if raw and raw.kind == "text" else [],
        "columns": [{"name": one.name, "categories": one.categories} for one in task.columns],
        "cases": [_with_data(case, arrays) for case in cases],
        "network": base64.b64encode(file.data).decode(),
    }
    # No script ends within a string of it.
    written = json.dumps(told, ensure_ascii=False).replace("</", "<\\/").replace("\u2028", "\\u2028")
    return f"window.KIT = {written}\n".encode()


def _with_data(case: Case, arrays: Mapping[str, bytes]) -> dict[str, Any]:
    """A case with its bytes; masks follow from the probabilities, which a browser compares."""

    def packed(told: Mapping[str, Any]) -> dict[str, Any]:
        data = base64.b64encode(arrays[told["path"]]).decode()
        return {"dtype": told["dtype"], "shape": told["shape"], "data": data}

    return {
        "inputs": {name: packed(told) for name, told in case["inputs"].items()},
        "outputs": {name: packed(told) for name, told in case["outputs"].items() if name != MASK},
        "tolerances": case["tolerances"],
    }


@lru_cache(maxsize=1)
def _engine_script(_version: str) -> bytes:
    """The engine's module and WebAssembly as a script: a page from the disk may fetch neither."""
    packed = {
        name: base64.b64encode(gzip.compress((ENGINE / "dist" / file).read_bytes(), 6, mtime=0)).decode()
        for name, file in (("module", MODULE), ("wasm", WASM))
    }
    return f"window.ENGINE = {json.dumps(packed)}\n".encode()


def _template(name: str) -> str:
    return Path(TEMPLATES / name).read_text(encoding="utf-8")
