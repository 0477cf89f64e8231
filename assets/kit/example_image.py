"""Which class does an image show?

    python example.py            asks about the reference images of this folder
    python example.py a.png ...  asks about files: .npy, .pgm, .ppm; others where Pillow is installed

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
    if path.endswith(".npy"):
        image = np.load(path, allow_pickle=False)
    elif path.endswith((".pgm", ".ppm")):
        image = portable(Path(path).read_bytes())
    else:
        from PIL import Image

        with Image.open(path) as opened:
            image = np.asarray(opened.convert("L" if channels == 1 else "RGB").resize((width, height)))
    image = image.reshape(*image.shape[:2], -1)
    if image.shape != (height, width, channels) or image.dtype != np.uint8:
        sys.exit(f"{path}: expected uint8 {(height, width, channels)}, got {image.dtype} {image.shape}")
    return image


def portable(data: bytes) -> np.ndarray:
    """The pixels of a binary PGM or PPM file with 8 bits."""
    magic, across, down, _most = data.split(None, 4)[:4]
    each = 3 if magic == b"P6" else 1
    count = int(across) * int(down) * each
    return np.frombuffer(data[-count:], np.uint8).reshape(int(down), int(across), each)


def reference() -> np.ndarray:
    cases = json.loads((HERE / "reference" / "reference.json").read_text(encoding="utf-8"))["files"][FILE]
    told = cases[0]["inputs"]["images"]
    return np.fromfile(HERE / told["path"], np.uint8).reshape(told["shape"])


if __name__ == "__main__":
    names = sys.argv[1:]
    images = np.stack([pixels(name) for name in names]) if names else reference()
    (probabilities,) = session.run(["probabilities"], {"images": images})
    for place, row in enumerate(probabilities):
        best = row.argsort()[::-1][:3]
        shown = ", ".join(f"{classes[index]} {100 * row[index]:.1f} %" for index in best)
        print(f"{names[place] if names else f'reference image {place + 1}'}: {shown}")
