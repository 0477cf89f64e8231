"""Pictures that tests draw for own data."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

__all__ = ["picture", "pictures", "png", "zipped"]


def picture(seed: int, size: tuple[int, int] = (20, 24), tint: int = 0) -> Image.Image:
    """Noise; each seed another one."""
    height, width = size
    pixels = np.random.default_rng(seed).integers(0, 128, (height, width, 3)) + tint
    return Image.fromarray(pixels.astype(np.uint8))


def png(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def pictures(folder: Path, classes: Mapping[str, int], start: int = 0) -> Path:
    """A folder a class with so many pictures, each another one."""
    for number, (name, count) in enumerate(classes.items()):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for at in range(count):
            seed = start + 1_000 * number + at
            (folder / name / f"{at}.png").write_bytes(png(picture(seed, tint=40 * number)))
    return folder


def zipped(path: Path, entries: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries.items():
            packed.writestr(name, data)
    return path
