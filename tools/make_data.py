"""Makes assets/data/fashion_mnist_small.npz: a stratified subset of Fashion-MNIST.

    python tools/make_data.py

10,000 training and 2,000 validation images come from the official training set, 2,000 test images from the official
test set. The same command gives the same arrays everywhere.
"""

import io
import json
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.files import atomic_write, sha256_of  # noqa: E402
from distill_core.tasks import TASKS, null_sink, stratified  # noqa: E402
from distill_core.tasks.fashion_mnist import SOURCE, official, split_official  # noqa: E402

NAME = "fashion_mnist_small"


def subset() -> dict[str, np.ndarray]:
    training, test = official(ROOT / "distill_home", null_sink)
    rest, valid = split_official(training)
    train = rest[stratified(training.labels_N[rest], 10_000, seed=0)]
    chosen_test = stratified(test.labels_N, 2_000, seed=0)
    parts = {"train": (training, train), "valid": (training, valid), "test": (test, chosen_test)}
    arrays = {}
    for part, (split, chosen) in parts.items():
        arrays[f"{part}_images"] = split.images_NHWC[chosen]
        arrays[f"{part}_labels"] = split.labels_N[chosen].astype(np.uint8)
        arrays[f"{part}_positions"] = chosen.astype(np.int32)
    return arrays


def main() -> None:
    buffer = io.BytesIO()
    arrays = subset()
    np.savez_compressed(buffer, **arrays)
    data = buffer.getvalue()
    folder = ROOT / "assets" / "data"
    atomic_write(folder / f"{NAME}.npz", data)
    manifest = {
        "name": NAME,
        "title": TASKS.get(NAME).title,
        "file": f"{NAME}.npz",
        "sha256": sha256_of(data),
        "size_bytes": len(data),
        "origin": f"Fashion-MNIST, Zalando Research, {SOURCE}",
        "licence": "MIT, see LICENSE.fashion-mnist",
        "command": "python tools/make_data.py",
        "measured": {part: len(arrays[f"{part}_labels"]) for part in ("train", "valid", "test")},
        "details": {"positions": "where each image stands in the official training or test set, in the file"},
    }
    atomic_write(folder / f"{NAME}.json", json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
    print(f"{NAME}.npz: {len(data):,} bytes")


if __name__ == "__main__":
    main()
