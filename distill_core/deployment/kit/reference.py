"""Inputs and answers of a kit's files, as plain numbers that every language reads, with what tells their shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from distill_core.deployment.kit.files import PROBABILITY_TOLERANCE, KitFile
from distill_core.deployment.kit.raw import MASK, PROBABILITIES, answers
from distill_core.deployment.kit.source import KitSource
from distill_core.deployment.parity import tolerance
from distill_core.deployment.runtime import session

EXAMPLES, SCENES = 8, 3
FOLDER = "reference"
# Of masks: the share of pixels that may be another class.
MASK_TOLERANCE = {"float32": 0.001, "float16": 0.01, "int8": 0.02}

Case = dict[str, dict[str, Any]]


class Arrays:
    """The arrays of a kit; equal ones are one file."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def add(self, name: str, array: np.ndarray) -> dict[str, Any]:
        """Keep an array; what ``reference.json`` tells of it."""
        kind, data = array.dtype.name, np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
        path = next((known for known, own in self.files.items() if own == data), f"{FOLDER}/{name}.bin")
        self.files[path] = data
        return {"path": path, "dtype": kind, "shape": list(array.shape)}


def references(source: KitSource, files: Sequence[KitFile]) -> tuple[dict[str, bytes], dict[str, list[Case]]]:
    """The files of the folder, and the cases of each ONNX file by its name."""
    arrays = Arrays()
    cases = {file.name: _cases(source, file, arrays) for file in files}
    told = {"byte_order": "little", "files": cases}
    return {**arrays.files, f"{FOLDER}/reference.json": json.dumps(told, indent=1).encode()}, cases


def _cases(source: KitSource, file: KitFile, arrays: Arrays) -> list[Case]:
    stem = file.name.removesuffix(".onnx")
    return [
        {
            "inputs": {name: arrays.add(f"{'ready' if file.raw else 'network'}_input_{place}", feed)},
            "outputs": {key: arrays.add(f"{stem}_{key}_{place}", array) for key, array in given.items()},
            "tolerances": {key: _tolerance(key, array, file.precision) for key, array in given.items()},
        }
        for place, (name, feed, given) in enumerate(_answered(source, file))
    ]


def _answered(source: KitSource, file: KitFile) -> list[tuple[str, np.ndarray, Mapping[str, np.ndarray]]]:
    """Inputs of a file by their name, with its answers here."""
    opened, count = session(file.data, threads=1), SCENES if source.task.target.positions else EXAMPLES
    if file.raw is not None:
        feeds = file.raw.feeds(source.test, count)
        return [(file.raw.name, feed, answers(opened, file.raw, feed)) for feed in feeds]
    name, feed = opened.get_inputs()[0].name, source.examples[:count]
    return [(name, feed, {"logits": opened.run(["logits"], {name: feed})[0]})]


def _tolerance(name: str, array: np.ndarray, precision: str) -> float:
    if name == PROBABILITIES:
        return PROBABILITY_TOLERANCE[precision]
    return MASK_TOLERANCE[precision] if name == MASK else float(f"{tolerance(array, precision):.3g}")
