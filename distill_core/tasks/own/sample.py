"""A small zip file of pictures in folders, drawn by the lab, for who has none at hand."""

import io
import zipfile

import numpy as np
from PIL import Image, ImageDraw

SIDE_PX, EACH = 32, 60
CLASSES = ("circle", "square", "triangle")
FIXED = (1980, 1, 1, 0, 0, 0)


def sample_zip() -> bytes:
    """Circles, squares and triangles, dark on light or light on dark, of any size and place, ``EACH`` of a class; the
    same at every call."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for label, name in enumerate(CLASSES):
            for number in range(EACH):
                out = io.BytesIO()
                _drawn(name, np.random.default_rng([label, number])).save(out, "PNG")
                archive.writestr(zipfile.ZipInfo(f"shapes/{name}/{number}.png", FIXED), out.getvalue())
    return packed.getvalue()


def _drawn(name: str, draws: np.random.Generator) -> Image.Image:
    colours = [tuple(int(one) for one in draws.integers(*range_)) for range_ in ((0, 100, 3), (140, 256, 3))]
    ground, ink = reversed(colours) if draws.integers(2) else colours
    image = Image.new("RGB", (SIDE_PX, SIDE_PX), ground)
    radius = int(draws.integers(8, 14))
    x, y = (int(draws.integers(radius, SIDE_PX - radius)) for _ in range(2))
    box = (x - radius, y - radius, x + radius, y + radius)
    pen = ImageDraw.Draw(image)
    if name == "circle":
        pen.ellipse(box, fill=ink)
    elif name == "square":
        pen.rectangle(box, fill=ink)
    else:
        pen.polygon([(x, y - radius), (x - radius, y + radius), (x + radius, y + radius)], fill=ink)
    return image
