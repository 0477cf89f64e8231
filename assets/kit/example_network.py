"""Asks the network about prepared examples: this task has no form of its own on a device, so the caller prepares them.

    python example.py            asks about the reference examples of this folder
    python example.py a.npy ...  asks about arrays in the network's own form, as the model card has it

Needs numpy and onnxruntime.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime

HERE = Path(__file__).resolve().parent
FILE = "network_float32.onnx"
session = onnxruntime.InferenceSession(str(HERE / FILE), providers=["CPUExecutionProvider"])
about = session.get_modelmeta().custom_metadata_map
classes = json.loads(about["classes"])
(given,) = session.get_inputs()


def reference() -> np.ndarray:
    cases = json.loads((HERE / "reference" / "reference.json").read_text(encoding="utf-8"))["files"][FILE]
    told = cases[0]["inputs"][given.name]
    return np.fromfile(HERE / told["path"], told["dtype"]).reshape(told["shape"])


if __name__ == "__main__":
    names = sys.argv[1:]
    examples = np.stack([np.load(name, allow_pickle=False) for name in names]) if names else reference()
    (logits,) = session.run(["logits"], {given.name: examples})
    for place, row in enumerate(logits.reshape(*logits.shape[:2], -1).mean(2)):
        best = row.argsort()[::-1][:3]
        shown = ", ".join(f"{classes[index]} (logit {row[index]:.2f})" for index in best)
        print(f"{names[place] if names else f'reference example {place + 1}'}: {shown}")
