"""Files that mean harm, drawn here, on their whole way: each is refused or mended in words, and nothing is left."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from distill_core.errors import InvalidSetting
from distill_core.lab import Lab
from tests.own_pictures import picture, png, zipped


@pytest.fixture
def lab(home: Path) -> Iterator[Lab]:
    with closing(Lab.open(home)) as lab:
        yield lab


def left(home: Path) -> list[str]:
    return sorted(path.suffix for path in (home / "data" / "own").iterdir() if path.name != ".lock")


def declared(width: int, height: int) -> bytes:
    """A PNG that says how large it is, with almost nothing in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = chunk(b"IDAT", zlib.compress(bytes(1_000_000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + rows + chunk(b"IEND", b"")


def nested() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("cat/1.png", png(picture(1)))
    return out.getvalue()


# What is refused, by its name in the zip file, with the reason.
REFUSED = {
    "pets/cat/bomb.png": (bytes(30_000_000), "large"),
    "pets/cat/huge.png": (declared(60_000, 60_000), "pixels"),
    "pets/cat/seven_by_eight.png": (declared(7_000, 8_000), "pixels"),
    "pets/cat/cut.png": (png(picture(50, (64, 64)))[:6_000], ("cut_off", "broken")),
    "pets/cat/page.jpg": (b"<html><script>alert(1)</script></html>", "format"),
    "pets/cat/program.jpg": (b"%!PS-Adobe-3.0 EPSF-3.0\n(%pipe%id) (w) file\n", "format"),
    "pets/cat/drawing.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ending"),
    "pets/cat/inner.zip": (nested(), "nested"),
    "pets/cat/empty.png": (b"", "format"),
    "pets/cat/float.tif": (png(Image.fromarray(np.ones((16, 16), np.float32)), "TIFF"), "depth"),
    "../../escaped.png": (png(picture(51)), "outside"),
    "/etc/escaped.png": (png(picture(52)), "outside"),
    "C:\\escaped.png": (png(picture(53)), "outside"),
}
# What is taken, since its pixels are harmless.
MENDED = {
    "pets/dog/polyglot.gif": png(picture(60), "GIF") + b"<script>alert(1)</script>",
    "pets/dog/deep.png": png(Image.fromarray(np.arange(400, dtype=np.uint16).reshape(20, 20) * 160)),
    "pets/dog/printed.jpg": png(picture(61).convert("CMYK"), "JPEG"),
    "pets/dog/name\x1b[31m$x$\u202egnp.png": png(picture(62)),
}
GOOD = {f"pets/{name}/{n}.png": png(picture(n + 20 * (name == "dog"))) for name in ("cat", "dog") for n in range(8)}


def test_a_zip_file_full_of_harm(lab: Lab, home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("in")
    packed = zipped(place / "in.zip", {**GOOD, **MENDED, **{name: data for name, (data, _) in REFUSED.items()}})
    with zipfile.ZipFile(packed, "a") as more:
        link = zipfile.ZipInfo("pets/cat/link.png")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        more.writestr(link, "/etc/passwd")
    data = lab.own_data.add_images(packed, "pets", side_px=16)
    assert dict(zip(data.classes, data.per_class, strict=True)) == {"cat": 8, "dog": 12}
    got = {one.path: one.reason for one in data.refused}
    assert got.pop("cat/link.png") == "link"
    expected = {name.removeprefix("pets/"): reason for name, (_, reason) in REFUSED.items()}
    for name, reason in expected.items():
        told = got.pop(name.replace("C:\\", "C：/"), None) if name.startswith("C") else got.pop(name, None)
        assert told in (reason if isinstance(reason, tuple) else (reason,)), name
    assert got == {}
    assert left(home) == [".json", ".npz"]
    assert [path.name for path in place.iterdir()] == ["in.zip"]
    assert not list(home.parent.rglob("escaped.png"))


def overlapping(folder: Path) -> Path:
    """A hundred entries that are one and the same 25 MB of zeros, as bombs of a few kilobytes are made."""
    path = zipped(folder / "in.zip", {"cat/0.png": bytes(24_900_000)})
    data = path.read_bytes()
    end = data.rfind(b"PK\5\6")
    start = struct.unpack_from("<L", data, end + 16)[0]
    entry = data[start:end]
    entries = b"".join(
        entry.replace(b"cat/0.png", b"%s/%02d.png" % (name, n)) for name in (b"ca", b"do") for n in range(50)
    )
    count = 100
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(entries), start, 0)
    path.write_bytes(data[:start] + entries + tail)
    return path


def huge_directory(folder: Path) -> Path:
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    path = folder / "in.zip"
    many = 200_000
    path.write_bytes(entry * many + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 9, 9, len(entry) * many, 0, 0))
    return path


WHOLE = {"one that overlaps itself": overlapping, "a directory of millions": huge_directory}


@pytest.mark.parametrize("make", WHOLE.values(), ids=WHOLE)
def test_a_zip_file_that_is_refused_whole(
    make: object, lab: Lab, home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = make(tmp_path_factory.mktemp("in"))  # type: ignore[operator]
    with pytest.raises(InvalidSetting, match=r"own data: expected .*; nothing was kept"):
        lab.own_data.add_images(path, "pets")
    assert left(home) == []
    assert lab.own_data.listed() == ()
