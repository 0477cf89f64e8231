"""scikit-learn's digits: 8×8 pixels, trained in seconds."""

from pathlib import Path

import numpy as np

from distill_core.events import Sink
from distill_core.tasks.base import Split, SplitCounts, TaskData
from distill_core.tasks.images import image_task
from distill_core.tasks.splits import stratified


def _load(home: Path, sink: Sink) -> TaskData:
    from sklearn.datasets import load_digits

    digits = load_digits()
    images = np.round(digits.images * (255 / 16)).astype(np.uint8)[..., None]
    labels = digits.target.astype(np.int64)
    # Nested draws: the 720 hold the 360, so test and validation never share an image.
    held_out = stratified(labels, 720, seed=0)
    test = stratified(labels, 360, seed=0)
    valid = np.setdiff1d(held_out, test)
    train = np.setdiff1d(np.arange(len(labels)), held_out)
    return TaskData(
        train=Split(images[train], labels[train]),
        valid=Split(images[valid], labels[valid]),
        test=Split(images[test], labels[test]),
    )


ENTRIES = (
    image_task(
        name="digits",
        title="Digits, 8×8",
        teaches="Handwritten digits of 64 pixels: trained in seconds, and too easy to show much of a gain.",
        source="https://scikit-learn.org/stable/datasets/toy_dataset.html#optical-recognition-of-handwritten-digits-dataset",
        licence="CC BY 4.0",
        classes=tuple(str(digit) for digit in range(10)),
        channels=1,
        size_px=8,
        crop_padding_px=1,
        flip=False,
        mean=(0.305,),
        std=(0.376,),
        counts=SplitCounts(train=1_077, valid=360, test=360),
        sha256="00590629f65e5257294978e6f5133ec22d7ec454753d3c31cb3ceac9f0eb1098",
        load=_load,
    ),
)
