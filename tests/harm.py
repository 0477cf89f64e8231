"""Files that mean harm to who takes in own data, drawn here. Each tries one thing."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, PngImagePlugin

from tests.own_pictures import picture, png
from tests.own_scenes import SIZE, listed, mask
from tests.sounds import packed, word

__all__ = ["LISTS", "MASKS", "OUTLINES", "PICTURES", "SOUNDS", "TABLES", "good_pictures", "good_sounds", "rows"]


Make = Callable[[], bytes]


def chunked(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG that says how large it is, with these parts in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in ((b"IHDR", header), *chunks, (b"IEND", b"")))


def nested() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cat/1.png", bytes(10_000_000))
    return out.getvalue()


def frames() -> bytes:
    """A GIF that moves for a thousand frames."""
    images = [Image.new("P", (8, 8), number % 7) for number in range(1_000)]
    out = io.BytesIO()
    images[0].save(out, "GIF", save_all=True, append_images=images[1:])
    return out.getvalue()


def noted() -> bytes:
    """A PNG whose note unpacks to 100 MB."""
    note = b"Comment\0\0" + zlib.compress(bytes(100_000_000))
    return chunked(16, 16, (b"zTXt", note), (b"IDAT", zlib.compress(bytes(16 * 49))))


def turned_forever() -> bytes:
    """A TIFF whose directory leads to itself."""
    data = bytearray(png(picture(70), "TIFF"))
    at = struct.unpack_from("<L", data, 4)[0]
    count = struct.unpack_from("<H", data, at)[0]
    struct.pack_into("<L", data, at + 2 + 12 * count, at)
    return bytes(data)


def described() -> PngImagePlugin.PngInfo:
    found = PngImagePlugin.PngInfo()
    found.add_text("Software", "<script>alert(1)</script>")
    return found


# What becomes of it: the reason for which it is refused (one of several), or None where its pixels are taken.
PICTURES: dict[str, tuple[Make, str | tuple[str, ...] | None]] = {
    "a bomb of zeros.png": (lambda: bytes(30_000_000), "large"),
    "3.6 billion pixels.png": (lambda: chunked(60_000, 60_000, (b"IDAT", zlib.compress(bytes(1_000_000)))), "pixels"),
    "56 million pixels.png": (lambda: chunked(7_000, 8_000, (b"IDAT", zlib.compress(bytes(1_000_000)))), "pixels"),
    "no pixels.png": (lambda: chunked(0, 0), ("format", "broken")),
    "rows that lack.png": (lambda: chunked(64, 64, (b"IDAT", zlib.compress(b"\0"))), ("cut_off", "broken")),
    "a note of 100 MB.png": (lambda: noted(), ("format", "broken", "cut_off")),
    "cut off.jpg": (lambda: png(picture(71, (64, 64)), "JPEG")[:900], "cut_off"),
    "a page.jpg": (lambda: b"<html><script>alert(1)</script></html>", "format"),
    "a program in PostScript.jpg": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n(%pipe%id) (w) file\n", "format"),
    "a drawing.svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ending"),
    "an archive within.zip": (lambda: nested(), "nested"),
    "nothing.png": (lambda: b"", "format"),
    "numbers that are no colours.tif": (lambda: png(Image.fromarray(np.ones((16, 16), np.float32)), "TIFF"), "depth"),
    "a size of ten digits.ppm": (lambda: b"P6 9999999999 9999999999 255\n", ("format", "pixels", "broken")),
    "a directory that leads to itself.tif": (lambda: turned_forever(), None),
    "a thousand frames.gif": (lambda: frames(), None),
    "16 bits.png": (lambda: png(Image.fromarray(np.arange(400, dtype=np.uint16).reshape(20, 20) * 160)), None),
    "CMYK.jpg": (lambda: png(picture(72).convert("CMYK"), "JPEG"), None),
    "a picture and a script.gif": (lambda: png(picture(73), "GIF") + b"<script>alert(1)</script>", None),
    "a picture and an archive.png": (lambda: png(picture(74)) + nested(), None),
    "a note with a script.png": (lambda: png(picture(75), pnginfo=described()), None),
    "name\x1b[31m$x$\u202egnp.png": (lambda: png(picture(76)), None),
}


@cache
def good_pictures() -> dict[str, bytes]:
    names = [(name, n) for name in ("cat", "dog") for n in range(8)]
    return {f"pets/{name}/{n}.png": png(picture(n + 20 * (name == "dog"))) for name, n in names}


def lying(**fields: int) -> bytes:
    """A wave file whose header says otherwise than what is in it."""
    data = bytearray(packed(word(hz=333)))
    for name, value in fields.items():
        at, kind = {"channels": (22, "<H"), "rate": (24, "<L"), "length": (40, "<L")}[name]
        struct.pack_into(kind, data, at, value)
    return bytes(data)


SOUNDS: dict[str, tuple[Make, str | tuple[str, ...] | None]] = {
    "an hour of silence.flac": (lambda: packed(np.zeros(8_000 * 3_600), kind="FLAC"), "long"),
    "65,535 channels.wav": (lambda: lying(channels=65_535), ("format", "broken", "short")),
    "no rate.wav": (lambda: lying(rate=0), ("format", "broken")),
    "4 GB in its header.wav": (lambda: lying(length=0xFFFFFFF0), None),
    "a page.mp3": (lambda: b"<html></html>", "format"),
    "cut off.flac": (lambda: packed(word(), kind="FLAC")[:60], ("format", "broken", "short")),
    "numbers that are none.wav": (lambda: packed(np.full(8_000, np.nan), subtype="FLOAT"), ("broken", "format")),
    "a film.webm": (lambda: b"\x1a\x45\xdf\xa3", "ending"),
}


@cache
def good_sounds() -> dict[str, bytes]:
    names = [(name, hz, n) for name, hz in (("low", 200), ("high", 900)) for n in range(8)]
    return {f"in/{name}/{n}.wav": packed(word(hz=hz + 5 * n)) for name, hz, n in names}


BOX: dict[str, Any] = {"segmentation": [[2, 4, 12, 4, 12, 10, 2, 10]]}
# Outlines of one picture of a list.
OUTLINES: dict[str, tuple[list[dict[str, Any]], str]] = {
    "a million corners": ([{"segmentation": [[0, 1] * 500_000]}], "outline"),
    "runs of a billion pixels": ([{"segmentation": {"size": [20, 24], "counts": [10**9]}}], "outline"),
    "runs of another size": ([{"segmentation": {"size": [100_000, 100_000], "counts": [10**10]}}], "outline"),
    "a number of 400 digits": ([{"segmentation": [[10**400, 0, 1, 1, 2, 2]]}], "outline"),
    "text that is no runs": ([{"segmentation": {"size": [20, 24], "counts": "\uffff"}}], "outline"),
    "two corners": ([{"segmentation": [[0, 0, 1, 1]]}], "outline"),
    "501 objects": ([dict(BOX)] * 501, "many"),
}


GOOD = listed({n: [BOX] for n in range(9)})
# Lists that are refused whole.
LISTS: dict[str, Make] = {
    "a hundred thousand lists within each other": lambda: b"[" * 100_000,
    "numbers that are none": lambda: json.dumps({**GOOD, "info": float("nan")}).encode(),
    "200 MB of spaces": lambda: b" " * 200_000_001 + json.dumps(GOOD).encode(),
    "a number of a million digits": lambda: b'{"images": ' + b"9" * 1_000_000 + b"}",
    "two pictures of one number": lambda: json.dumps({**GOOD, "images": GOOD["images"] * 2}).encode(),
    "81 categories": lambda: json.dumps(
        {**GOOD, "categories": [{"id": n, "name": f"c{n}"} for n in range(81)]}
    ).encode(),
}
MASKS: dict[str, tuple[Make, str | tuple[str, ...]]] = {
    "3.6 billion pixels": (lambda: chunked(60_000, 60_000, (b"IDAT", zlib.compress(b"\0"))), ("pixels", "mask_size")),
    "another size": (lambda: png(Image.fromarray(mask(1, size=(5, 5)))), "mask_size"),
    "a photograph": (lambda: png(picture(77, SIZE[::-1]), "JPEG"), "mask_lossy"),
    "colours": (lambda: png(picture(78, SIZE[::-1])), "mask_colours"),
    "a page": (lambda: b"<html></html>", "format"),
}


def rows(*more: str) -> str:
    return (
        "text,label\n"
        + "".join(f"{name} number {n},{name}\n" for name in ("good", "bad") for n in range(9))
        + "".join(more)
    )


# Tables that are refused whole, with what is said.
TABLES: dict[str, tuple[Make, str]] = {
    "50 MB of zeros": (lambda: bytes(50_000_001), "at most 50 MB"),
    "a quote that never ends": (lambda: rows('"' + "x" * 1_100_000).encode(), "a table that can be read"),
    "a thousand columns": (lambda: ("a," * 1_000 + "text,label\n").encode(), "at most 500 columns"),
    "200,001 rows": (lambda: rows("a,b\n" * 200_000).encode(), "at most 200,000 rows"),
    "201 labels": (lambda: rows(*(f"t{n},l{n}\n" for n in range(201))).encode(), "2 to 200 classes"),
    "a program": (lambda: b"\x7fELF" + bytes(range(256)) * 4, "a text in utf-8"),
}
