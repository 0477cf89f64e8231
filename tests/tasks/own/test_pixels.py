"""Pictures of all kinds, drawn here: what is taken is upright, on white, in 8 bits; what is not says why."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from distill_core.tasks.own import pixels
from distill_core.tasks.own.pixels import decoded, is_grey
from distill_core.tasks.own.refusals import Refused
from tests.own_pictures import picture, png

pytestmark = pytest.mark.anywhere


def reason(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        decoded(data, 16)
    return caught.value.reason


def halves(left: object, right: object, mode: str = "RGB", size: int = 16) -> Image.Image:
    image = Image.new(mode, (size, size), left)
    image.paste(right, (size // 2, 0, size, size))
    return image


def test_the_square_in_the_middle_is_kept() -> None:
    wide = Image.new("RGB", (48, 16), "red")
    wide.paste((0, 0, 255), (16, 0, 32, 16))
    assert np.unique(decoded(png(wide), 16).reshape(-1, 3), axis=0).tolist()[0] == [0, 0, 255]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_camera_on_its_side_is_put_upright(orientation: int) -> None:
    corner = Image.new("RGB", (32, 32), "black")
    corner.paste((255, 255, 255), (0, 0, 16, 16))
    lying = {1: 0, 2: 1, 3: 3, 4: 2, 5: 0, 6: 1, 7: 3, 8: 2}[orientation]  # the corner that is white
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels_HWC = decoded(png(corner, "JPEG", exif=exif, quality=95), 16)
    corners = pixels_HWC[[2, 2, 13, 13], [2, 13, 2, 13], 0] > 128
    assert np.flatnonzero(corners).tolist() == [lying]


def test_broken_notes_of_a_camera_are_no_reason() -> None:
    assert decoded(png(picture(0), "JPEG", exif=b"Exif\x00\x00garbage"), 16).shape == (16, 16, 3)


def test_transparency_is_white() -> None:
    assert decoded(png(halves((0, 0, 0, 0), (0, 0, 0, 255), "RGBA")), 16)[8, [1, 14], 0].tolist() == [255, 0]
    palette = halves(0, 1, "P")
    palette.putpalette([10, 10, 10, 200, 0, 0])
    assert decoded(png(palette, transparency=0), 16)[8, [1, 14], 0].tolist() == [255, 200]
    assert decoded(png(halves((9, 0), (9, 255), "LA")), 16)[8, [1, 14], 0].tolist() == [255, 9]


def test_16_bits_are_scaled_and_not_cut() -> None:
    deep = Image.fromarray(np.full((16, 16), 0x8000, np.uint16))
    assert decoded(png(deep), 16).mean() == 128
    assert decoded(png(deep, "TIFF"), 16).mean() == 128


def test_other_colours_become_those_of_a_screen() -> None:
    assert decoded(png(Image.new("CMYK", (16, 16), (0, 0, 0, 255)), "JPEG"), 16).max() < 20
    assert decoded(png(Image.new("1", (16, 16), 1)), 16).min() == 255
    assert decoded(png(halves("red", "blue"), "GIF"), 16)[8, 1].tolist() == [255, 0, 0]
    assert decoded(png(picture(1), "WEBP"), 16).shape == (16, 16, 3)
    assert decoded(png(picture(1), "BMP"), 16).shape == (16, 16, 3)


def test_numbers_that_are_no_colours_are_refused() -> None:
    assert reason(png(Image.fromarray(np.full((16, 16), 0.5, np.float32)), "TIFF")) == "depth"
    assert reason(png(Image.fromarray(np.full((16, 16), 1 << 20, np.int32)), "TIFF")) == "depth"


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_what_is_cut_off_says_so(kind: str) -> None:
    data = png(picture(2, (64, 64)), kind)
    assert reason(data[: len(data) // 2]) in ("cut_off", "broken")
    assert reason(data[:12]) == "format"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    assert reason(data) == "format"


def test_a_script_behind_a_picture_is_left_behind() -> None:
    """A polyglot: a GIF that is a script too. Pixels alone are kept."""
    assert decoded(png(picture(3), "GIF") + b"/*<script>alert(1)</script>*/", 16).shape == (16, 16, 3)


def _declared(width: int, height: int) -> bytes:
    """A PNG that says how large it is, with almost nothing in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(10_000_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(8_000, 7_000), (60_000, 60_000), (2_000_000_000, 1)])
def test_more_than_50_million_pixels_are_refused_by_what_the_header_says(size: tuple[int, int]) -> None:
    assert reason(_declared(*size)) == "pixels"


def test_grey_is_grey_in_colours_too() -> None:
    assert is_grey(decoded(png(picture(4).convert("L")), 16))
    assert not is_grey(decoded(png(picture(4)), 16))


def test_what_is_read_starts_no_other_program() -> None:
    assert "EPS" not in pixels._FORMATS
    data = io.BytesIO()
    picture(5).save(data, "EPS")
    assert reason(data.getvalue()) == "format"
