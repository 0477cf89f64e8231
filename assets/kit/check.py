"""Does every ONNX file of this folder answer here as it did where it was made?

    python check.py

Needs numpy and onnxruntime. The exit status is 0 where all files pass, 1 otherwise.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

HERE = Path(__file__).resolve().parent


def array(told: dict) -> np.ndarray:
    """A file of reference/: plain numbers, the lowest byte first."""
    kind = np.dtype(told["dtype"]).newbyteorder("<")
    return np.fromfile(HERE / told["path"], kind).reshape(told["shape"])


def difference(given: np.ndarray, wanted: np.ndarray) -> float:
    """The largest difference of a number; of whole numbers, which are classes, the share that is another one."""
    if given.shape != wanted.shape:
        return float("inf")
    if wanted.dtype.kind in "iu":
        return float((given != wanted).mean())
    apart = np.abs(given.astype(np.float64) - wanted)
    return float(apart.max()) if np.isfinite(apart).all() else float("inf")


def check(name: str, cases: list) -> bool:
    """Run a file on its reference inputs and print what came of it."""
    session = onnxruntime.InferenceSession(str(HERE / name), providers=["CPUExecutionProvider"])
    worst, allowed, passed = 0.0, 0.0, True
    for case in cases:
        feeds = {key: array(told) for key, told in case["inputs"].items()}
        wanted = {key: array(told) for key, told in case["outputs"].items()}
        given = dict(zip(wanted, session.run(list(wanted), feeds), strict=True))
        for key, numbers in wanted.items():
            apart, limit = difference(given[key], numbers), case["tolerances"][key]
            passed = passed and apart <= limit
            worst, allowed = max(worst, apart), max(allowed, limit)
    verdict = "pass" if passed else "FAIL"
    print(f"{verdict}  {name:24} largest difference {worst:.2g}, allowed {allowed:.2g}")
    return passed


def main() -> int:
    files = json.loads((HERE / "reference" / "reference.json").read_text(encoding="utf-8"))["files"]
    passed = [check(name, cases) for name, cases in files.items()]
    print("PASS" if all(passed) else f"FAIL: {passed.count(False)} of {len(passed)} files answer otherwise here")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
