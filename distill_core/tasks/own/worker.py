"""The process that reads strangers' files: gets a request, tells of each file, answers once."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from distill_core.errors import DistillError
from distill_core.said import to_json
from distill_core.tasks.own.description import MOST_REFUSED
from distill_core.tasks.own.image_import import import_images
from distill_core.tasks.own.scene_import import import_scenes
from distill_core.tasks.own.sources import open_source
from distill_core.tasks.own.table_import import Chosen, import_table, look_at_table
from distill_core.tasks.own.text_import import import_texts

Import = Callable[[Mapping[str, Any], Path, Path], dict[str, Any]]


def main() -> None:
    run({"images": _images, "scenes": _scenes, "texts": _texts, "tables": _tables, "columns": _columns})


def run(imports: Mapping[str, Import]) -> None:
    """Do the request on the standard input by the function of its kind."""
    request = json.load(sys.stdin)
    try:
        found = imports[request["kind"]](request, Path(request["path"]), Path(request["into"]))
        tell("result", {**found, "refused": found["refused"][:MOST_REFUSED]})
    except DistillError as error:
        tell("error", [str(error), to_json(error.args[0])])
    except MemoryError:
        tell("error", ["own data: more memory is needed than may be used; choose fewer or smaller files", None])


def on_file(number: int, total: int) -> None:
    tell("file", [number, total])


def tell(what: str, value: object) -> None:
    sys.stdout.write(json.dumps({what: value}) + "\n")
    sys.stdout.flush()


def _images(request: Mapping[str, Any], path: Path, into: Path) -> dict[str, Any]:
    source, crashed = open_source(path), set(request["crashed"])
    try:
        found = import_images(source, into, side_px=request["side_px"], crashed=crashed, on_file=on_file)
    finally:
        source.close()
    return {**found, "images": {**found["images"], "mirrored": request["mirrored"]}}


def _scenes(request: Mapping[str, Any], path: Path, into: Path) -> dict[str, Any]:
    source, crashed = open_source(path), set(request["crashed"])
    chosen = {name: request[name] for name in ("side_px", "most_classes")}
    try:
        found = import_scenes(source, into, **chosen, crashed=crashed, on_file=on_file)
    finally:
        source.close()
    return {**found, "images": {**found["images"], "mirrored": request["mirrored"]}}


def _texts(request: Mapping[str, Any], path: Path, into: Path) -> dict[str, Any]:
    columns = {name: request[name] for name in ("text", "label", "encoding")}
    return import_texts(path, into, **columns, on_row=on_file)


def _tables(request: Mapping[str, Any], path: Path, into: Path) -> dict[str, Any]:
    names = {name: tuple(request[name]) for name in ("left_out", "categories")}
    chosen = Chosen(label=request["label"], decimal=request["decimal"], **names)
    return import_table(path, into, chosen=chosen, encoding=request["encoding"], on_row=on_file)


def _columns(request: Mapping[str, Any], path: Path, _into: Path) -> dict[str, Any]:
    return look_at_table(path, **{name: request[name] for name in ("encoding", "decimal", "categories")})
