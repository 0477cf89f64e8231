"""Which class does a text belong to?

    python example.py                    asks about the reference texts of this folder
    python example.py "a text" "another" asks about these

Needs numpy and onnxruntime. The file takes the bytes of UTF-8, filled up with 0.
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
classes = json.loads(about["classes"])


def as_bytes(texts: list) -> np.ndarray:
    """(texts, bytes), uint8: UTF-8, shorter texts filled up with 0."""
    rows = [text.encode("utf-8", "replace") for text in texts]
    longest = max(1, *map(len, rows))
    return np.array([list(row.ljust(longest, b"\0")) for row in rows], np.uint8)


def reference() -> list:
    cases = json.loads((HERE / "reference" / "reference.json").read_text(encoding="utf-8"))["files"][FILE]
    told = cases[0]["inputs"]["text"]
    rows = np.fromfile(HERE / told["path"], np.uint8).reshape(told["shape"])
    return [row.tobytes().rstrip(b"\0").decode() for row in rows]


if __name__ == "__main__":
    texts = sys.argv[1:] or reference()
    (probabilities,) = session.run(["probabilities"], {"text": as_bytes(texts)})
    for text, row in zip(texts, probabilities, strict=True):
        best = row.argsort()[::-1][:3]
        shown = ", ".join(f"{classes[index]} {100 * row[index]:.1f} %" for index in best)
        print(f"{text}: {shown}")
