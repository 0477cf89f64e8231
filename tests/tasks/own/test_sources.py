"""Folders and zip files of strangers: what is listed, what is read, what is refused."""

import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from distill_core.errors import InvalidSetting
from distill_core.tasks.own import sources
from distill_core.tasks.own.refusals import Refused
from distill_core.tasks.own.sources import open_source
from tests.own_pictures import zipped

pytestmark = pytest.mark.anywhere


def listed(path: Path) -> dict[str, str]:
    source = open_source(path)
    try:
        return {"/".join(one.path): one.reason for one in source.files()}
    finally:
        source.close()


def entry(name: str, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


def test_hidden_files_are_not_there(tmp_path: Path) -> None:
    for path in ("cat/1.jpg", "cat/.DS_Store", ".git/x.jpg", "__MACOSX/cat/._1.jpg", "cat/Thumbs.db", "@eaDir/1.jpg"):
        (tmp_path / "in" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / path).write_bytes(b"x")
    assert listed(tmp_path / "in") == {"cat/1.jpg": ""}
    names = [path.relative_to(tmp_path / "in").as_posix() for path in (tmp_path / "in").rglob("*") if path.is_file()]
    assert listed(zipped(tmp_path / "in.zip", dict.fromkeys(names, b"x"))) == {"cat/1.jpg": ""}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes as files")
def test_links_and_pipes_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"secret")
    folder = tmp_path / "in" / "cat"
    folder.mkdir(parents=True)
    (folder / "link.jpg").symlink_to(secret)
    (folder / "around").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.jpg")
    assert listed(tmp_path / "in") == {"cat/around": "link", "cat/link.jpg": "link", "cat/pipe.jpg": "special"}


def test_a_file_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "1.jpg").write_bytes(b"x")
    (tmp_path / "secret").write_bytes(b"secret")
    source = open_source(tmp_path / "in")
    (found,) = source.files()
    (tmp_path / "in" / "1.jpg").unlink()
    (tmp_path / "in" / "1.jpg").symlink_to(tmp_path / "secret")
    with pytest.raises(Refused, match="it cannot be read"):
        source.read(found, 100)


def test_entries_that_lead_elsewhere_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as packed:
        for name in ("../../etc/x.jpg", "/etc/x.jpg", "C:\\x.jpg", "a/../../x.jpg", "a\\..\\..\\y.jpg"):
            packed.writestr(entry(name), b"x")
        packed.writestr(entry("a/link.jpg", stat.S_IFLNK | 0o777), b"/etc/passwd")
        packed.writestr(entry("a/device.jpg", stat.S_IFCHR | 0o777), b"")
        packed.writestr(entry("a/1.jpg"), b"x")
    reasons = listed(tmp_path / "in.zip")
    assert {name: reason for name, reason in reasons.items() if reason != "outside"} == {
        "a/1.jpg": "",
        "a/device.jpg": "special",
        "a/link.jpg": "link",
    }
    assert len(reasons) == 8


def test_names_of_other_systems_are_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as packed:
        packed.writestr(entry("cat\\1.jpg"), b"x")
        packed.writestr(entry("猫/1.jpg"), b"x")
        packed.writestr(entry("xx/2.jpg"), b"x")
    data = (tmp_path / "in.zip").read_bytes()
    # UTF-8 without the flag that says so, as some systems write it
    (tmp_path / "in.zip").write_bytes(data.replace(b"xx/2", "ü/2".encode()))
    assert sorted(listed(tmp_path / "in.zip")) == ["cat/1.jpg", "ü/2.jpg", "猫/1.jpg"]


def test_an_entry_is_read_up_to_its_bound(tmp_path: Path) -> None:
    source = open_source(zipped(tmp_path / "in.zip", {"cat/1.jpg": bytes(50_000_000)}))
    (found,) = source.files()
    with pytest.raises(Refused, match="more than"):
        source.read(found, 1_000)
    source.close()


def test_all_that_is_read_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_BYTES", 2_500)
    source = open_source(zipped(tmp_path / "in.zip", {f"cat/{n}.jpg": bytes(1_000) for n in range(3)}))
    first, second, third = source.files()
    assert len(source.read(first, 1_000)) == len(source.read(second, 1_000)) == 1_000
    with pytest.raises(InvalidSetting, match="in all"):
        source.read(third, 1_000)
    source.close()


def test_an_entry_whose_size_lies_or_that_is_broken_is_refused(tmp_path: Path) -> None:
    data = zipped(tmp_path / "in.zip", {"cat/1.jpg": b"x" * 1_000}).read_bytes()
    (tmp_path / "in.zip").write_bytes(data.replace(struct.pack("<L", 1_000), struct.pack("<L", 10)))
    source = open_source(tmp_path / "in.zip")
    with pytest.raises(Refused, match="broken"):
        source.read(source.files()[0], 5_000)
    source.close()


def _many(count: int) -> bytes:
    """The end of a zip file that says how many entries it has."""
    return struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, 0, 0, 0)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "a folder or a zip file that can be read"),
        (b"no zip at all", "a folder or a zip file that can be read"),
        (_many(60_001), "at most 60,000 files"),
        (b"PK\5\6", "a folder or a zip file that can be read"),
    ],
)
def test_what_is_no_zip_file_is_refused(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / "in.zip").write_bytes(data)
    with pytest.raises(InvalidSetting, match=f"{why}.*nothing was kept"):
        open_source(tmp_path / "in.zip")
    with pytest.raises(InvalidSetting, match="none at"):
        open_source(tmp_path / "nowhere")


def test_encrypted_and_oddly_packed_entries_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "in.zip", "w", zipfile.ZIP_BZIP2) as packed:
        packed.writestr("a/1.jpg", b"x")
        packed.writestr("a/2.jpg", b"x", zipfile.ZIP_STORED)
    data = bytearray((tmp_path / "in.zip").read_bytes())
    at = data.rfind(b"PK\1\2")
    data[at + 8] |= 1  # encrypted
    (tmp_path / "in.zip").write_bytes(bytes(data))
    assert listed(tmp_path / "in.zip") == {"a/1.jpg": "packed", "a/2.jpg": "encrypted"}
