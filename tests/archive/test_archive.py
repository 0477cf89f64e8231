"""The file itself: equal bytes for equal content, bounded on the way out as on the way in; JSON within bounds."""

import io
import zipfile
from pathlib import Path

import pytest

from distill_core import archive, bounded_json
from distill_core.archive import FileKind, open_archive, write_archive
from distill_core.bounded_json import decode_bounded
from distill_core.errors import CorruptFile, InvalidSetting
from distill_core.files import sha256_of

pytestmark = pytest.mark.anywhere
Files = dict[str, tuple[FileKind, Path]]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    contents = {"weights": bytes(range(256)) * 10, "zeros": bytes(10_000)}
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    return {sha256_of(data): ("safetensors", tmp_path / name) for name, data in contents.items()}


def test_equal_content_gives_equal_bytes(files: Files) -> None:
    data = write_archive({"runs": []}, files, title="Größe", command="make")
    backwards = dict(reversed(files.items()))
    assert write_archive({"runs": []}, backwards, title="Größe", command="make") == data
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = packed.namelist()
        assert names == ["archive.json", "rows.json", *sorted(files)]
        assert {info.date_time for info in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.compress_size < info.file_size for info in packed.infolist()} == {True, False}
    with open_archive(data) as opened:
        assert opened.header.title == "Größe"
        assert {sha256: opened.read(sha256) for sha256 in files} == {
            sha256: path.read_bytes() for sha256, (_, path) in files.items()
        }
        with pytest.raises(CorruptFile, match="expected a file that it lists"):
            opened.read("00" * 32)


def test_it_is_read_from_a_file_too(files: Files, tmp_path: Path) -> None:
    (tmp_path / "one.zip").write_bytes(write_archive({}, files, title="a"))
    with open_archive(tmp_path / "one.zip") as opened:
        assert len(opened.header.files) == 2
    with pytest.raises(CorruptFile, match="expected a zip file that can be read"), open_archive(tmp_path / "none"):
        pass


def test_what_no_lab_would_take_is_not_written(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_FILE_BYTES", 9_999)
    with pytest.raises(InvalidSetting, match=r"expected at most 9,999 bytes in [0-9a-f]{12}, got 10,000; export fewer"):
        write_archive({}, files, title="a")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"[1e999]", "finite numbers, got inf"),
        (b"[NaN]", "JSON, got NaN is no number of JSON"),
        (b'["\\ud800"]', "texts of at most"),
        (b'["a\\u0000b"]', "texts of at most"),
        (b'{"a": 1, "a": 2}', "JSON, got a key that comes twice"),
        (b"[9223372036854775808]", "integers of 64 bits"),
        (b"[" * 41 + b"]" * 41, "at most 40 levels"),
        (b"[" * 100_000, "JSON"),
        (b"[" + b"9" * 5_000 + b"]", "JSON"),
        (b"\xff", "JSON"),
        (b"", "JSON"),
    ],
)
def test_json_out_of_bounds_is_refused(text: bytes, expected: str) -> None:
    with pytest.raises(CorruptFile, match=f"reading it: expected {expected}"):
        decode_bounded(text, "it")


def test_values_are_counted_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_json, "MOST_VALUES", 3)
    assert decode_bounded(b'{"a": [1, 2.5]}', "it") == {"a": [1, 2.5]}
    with pytest.raises(CorruptFile, match="expected at most 3 values, got 5"):
        decode_bounded(b"[[],[],", "it")
