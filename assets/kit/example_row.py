"""Which class does a row of a table belong to?

    python example.py                        asks about the reference rows of this folder
    python example.py "age=41" "city=Wien"   asks about one row; columns that are not named are missing

Needs numpy and onnxruntime. The file takes numbers as they were read, the place of a category among those of its
column, and NaN where a value is missing; it imputes and scales them itself.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

HERE = Path(__file__).resolve().parent
FILE = "ready_float32.onnx"
session = onnxruntime.InferenceSession(str(HERE / FILE), providers=["CPUExecutionProvider"])
about = session.get_modelmeta().custom_metadata_map
classes, columns = json.loads(about["classes"]), json.loads(about["columns"])


def as_row(values: dict) -> np.ndarray:
    """(1, columns), float32: the values of one row by the names of their columns."""
    unknown = set(values) - {column["name"] for column in columns}
    if unknown:
        sys.exit(f"no column {sorted(unknown)}; known: {[column['name'] for column in columns]}")
    return np.array([[number(column, values.get(column["name"])) for column in columns]], np.float32)


def number(column: dict, value: object) -> float:
    """A number as it is, the place of a category; NaN for a missing value and for a category that training had not."""
    if value is None or value == "":
        return float("nan")
    if not column["categories"]:
        return float(value)
    known = column["categories"]
    return float(known.index(value)) if value in known else float("nan")


def reference() -> np.ndarray:
    cases = json.loads((HERE / "reference" / "reference.json").read_text(encoding="utf-8"))["files"][FILE]
    told = cases[0]["inputs"]["rows"]
    return np.fromfile(HERE / told["path"], "<f4").reshape(told["shape"])


if __name__ == "__main__":
    given = dict(argument.split("=", 1) for argument in sys.argv[1:])
    rows = as_row(given) if given else reference()
    (probabilities,) = session.run(["probabilities"], {"rows": rows})
    for place, row in enumerate(probabilities):
        best = row.argsort()[::-1][:3]
        shown = ", ".join(f"{classes[index]} {100 * row[index]:.1f} %" for index in best)
        print(f"{'your row' if given else f'reference row {place + 1}'}: {shown}")
