"""One picture of a stranger as 8-bit pixels of the lab: read by its content, upright, on white, cut square."""

import io
import warnings
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from PIL import Image

from distill_core.tasks.own.refusals import MOST_PIXELS, Refused

ENDINGS = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".avif"}
)
# By content. None of them starts another program, as EPS would.
_FORMATS = ("JPEG", "PNG", "BMP", "GIF", "WEBP", "TIFF", "PPM", "AVIF")
Result = TypeVar("Result")
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decoded(data: bytes, side_px: int) -> np.ndarray:
    """(side, side, 3), uint8: the largest square in the middle. Raises: Refused."""
    return opened(data, lambda image: _square(image, side_px))


def decoded_as_it_lies(data: bytes, side_px: int) -> tuple[np.ndarray, tuple[int, int]]:
    """The same with width and height of the whole picture, beside which a mask lies. Raises: Refused, also for a
    picture that is shown turned: its mask may be turned or not."""

    def work(image: Image.Image) -> tuple[np.ndarray, tuple[int, int]]:
        if _orientation(image) in _UPRIGHT:
            raise Refused("turned")
        size = image.size
        return _square(image, side_px), size

    return opened(data, work)


def opened(data: bytes, work: Callable[[Image.Image], Result]) -> Result:
    """What ``work`` makes of a picture. Raises: Refused."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it tells of odd fields; the size is checked here
        with _opened(data) as image:
            try:
                return work(image)
            except Refused:
                raise
            except Exception as error:  # what Pillow's readers raise is about this file
                raise Refused("cut_off" if "truncated" in str(error) else "broken") from error


def middle(size: tuple[int, int]) -> tuple[float, float, float, float]:
    """The largest square in the middle of a picture: left, top, right, bottom."""
    width, height = size
    shorter = min(width, height)
    return (width - shorter) / 2, (height - shorter) / 2, (width + shorter) / 2, (height + shorter) / 2


def is_grey(pixels_HWC: np.ndarray) -> bool:
    return bool((pixels_HWC[..., 0] == pixels_HWC[..., 1]).all() and (pixels_HWC[..., 0] == pixels_HWC[..., 2]).all())


def _opened(data: bytes) -> Image.Image:
    try:
        Image.init()
        return Image.open(io.BytesIO(data), formats=[kind for kind in _FORMATS if kind in Image.OPEN])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("pixels") from error
    except Exception as error:
        raise Refused("format") from error


def _square(image: Image.Image, side_px: int) -> np.ndarray:
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise Refused("pixels")
    orientation = _orientation(image)
    image.draft("RGB" if image.mode != "L" else "L", (2 * side_px, 2 * side_px))
    image.load()
    box = middle(image.size)
    small = _plain(image).resize((side_px, side_px), Image.Resampling.BICUBIC, box=box, reducing_gap=3.0)
    if orientation in _UPRIGHT:
        small = small.transpose(_UPRIGHT[orientation])
    if small.mode == "RGBA":
        white = Image.new("RGBA", small.size, "white")
        small = Image.alpha_composite(white, small)
    return np.array(small.convert("RGB"))


def _plain(image: Image.Image) -> Image.Image:
    """The image as L, RGB or RGBA, with 8 bits a colour."""
    if image.mode.startswith("I") or image.mode == "F":
        return _from_many_bits(image)
    if "A" in image.mode or "a" in image.mode or "transparency" in image.info:
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB") else image.convert("L" if image.mode == "1" else "RGB")


def _from_many_bits(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    if image.mode == "F" or values.min() < 0 or values.max() > 0xFFFF:
        raise Refused("depth")
    return Image.fromarray((values >> 8).astype(np.uint8))


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # broken notes of the camera: the picture itself may be whole
        return 1
