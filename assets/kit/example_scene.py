"""Which class does each pixel of an image belong to?

    python example.py            asks about the reference images of this folder
    python example.py a.npy ...  asks about arrays of 8-bit pixels, and writes the classes to a_classes.npy

Needs numpy and onnxruntime. The file prepares images itself: it takes their 8-bit pixels.
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
_, height, width, channels = session.get_inputs()[0].shape


def pixels(path: str) -> np.ndarray:
    """(height, width, channels), uint8: an image as the file takes it."""
    image = np.load(path, allow_pickle=False)
    image = image.reshape(*image.shape[:2], -1)
    if image.shape != (height, width, channels) or image.dtype != np.uint8:
        sys.exit(f"{path}: expected uint8 {(height, width, channels)}, got {image.dtype} {image.shape}")
    return image


def reference() -> np.ndarray:
    cases = json.loads((HERE / "reference" / "reference.json").read_text(encoding="utf-8"))["files"][FILE]
    told = cases[0]["inputs"]["images"]
    return np.fromfile(HERE / told["path"], np.uint8).reshape(told["shape"])


if __name__ == "__main__":
    names = sys.argv[1:]
    images = np.stack([pixels(name) for name in names]) if names else reference()
    (masks,) = session.run(["classes"], {"images": images})
    for place, mask in enumerate(masks):
        shares = np.bincount(mask.ravel(), minlength=len(classes)) / mask.size
        shown = ", ".join(f"{name} {100 * share:.1f} %" for name, share in zip(classes, shares, strict=True) if share)
        print(f"{names[place] if names else f'reference image {place + 1}'}: {shown}")
        if names:
            np.save(Path(names[place]).with_name(f"{Path(names[place]).stem}_classes.npy"), mask)
