"""The process that reads strangers' files: gets a request, tells of each file, answers once."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from distill_core.errors import DistillError
from distill_core.said import to_json
from distill_core.tasks.own.description import MOST_REFUSED
from distill_core.tasks.own.image_import import import_images
from distill_core.tasks.own.sources import open_source


def main() -> None:
    request = json.load(sys.stdin)
    try:
        tell("result", _imported(request))
    except DistillError as error:
        tell("error", [str(error), to_json(error.args[0])])
    except MemoryError:
        tell("error", ["own data: more memory is needed than may be used; choose fewer or smaller files", None])


def tell(what: str, value: object) -> None:
    sys.stdout.write(json.dumps({what: value}) + "\n")
    sys.stdout.flush()


def _imported(request: Mapping[str, Any]) -> dict[str, Any]:
    source = open_source(Path(request["path"]))
    try:
        found = import_images(
            source,
            Path(request["into"]),
            side_px=request["side_px"],
            crashed=set(request["crashed"]),
            on_file=lambda number, total: tell("file", [number, total]),
        )
    finally:
        source.close()
    return {**found, "refused": found["refused"][:MOST_REFUSED]}
