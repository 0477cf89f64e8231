"""Files are whole or not there, and read only when they are what they should be."""

import errno
import os
import stat
from pathlib import Path

import pytest

from distill_core.errors import CorruptFile, StorageFailed
from distill_core.files import atomic_write, read_verified, sha256_of

pytestmark = pytest.mark.anywhere


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_into_a_new_folder_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.bin"
    atomic_write(path, b"abc")
    assert read_verified(path, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == b"abc"
    assert names(path.parent) == ["a.bin"]


def test_a_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    atomic_write(path, b"old, and longer")
    atomic_write(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.bin"
    atomic_write(path, b"old")
    monkeypatch.setattr(os, where, full)
    with pytest.raises(StorageFailed, match=r"writing a\.bin: expected 3 bytes.*No space left.*; free some room"):
        atomic_write(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a.bin"]


def test_a_keystroke_in_the_middle_leaves_nothing_and_stays_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        atomic_write(tmp_path / "a.bin", b"new")
    assert names(tmp_path) == []


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(StorageFailed, match="choose a folder that may be written"):
        atomic_write(tmp_path / "a" / "b", b"new")
    assert names(tmp_path) == ["a"]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no umask")
def test_others_may_read_what_the_umask_lets_them(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    atomic_write(tmp_path / "whole", b"")
    mode = stat.S_IMODE((tmp_path / "whole").stat().st_mode)
    assert mode == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"abd")
    with pytest.raises(CorruptFile, match=r"reading a\.bin: expected SHA-256 ba7816bf8f01…, got a52d159f262b…"):
        read_verified(path, sha256_of(b"abc"))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorruptFile, match=r"reading a\.bin: expected the file"):
        read_verified(tmp_path / "a.bin", sha256_of(b""))
