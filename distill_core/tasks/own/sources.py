"""Where own data lie: a folder or a zip file, whose files are listed and read one by one. Nothing is unpacked."""

import io
import os
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from distill_core.errors import InvalidSetting, said
from distill_core.tasks.own.refusals import Refused, refused

MOST_ENTRIES = 60_000
MOST_BYTES = 2_000_000_000
DEEPEST = 12
# What ``zipfile`` raises for what is no zip file, or a broken one.
BROKEN = (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error)
# What systems put beside the files of their users.
HIDDEN = {"__macosx", "thumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "system volume information"}
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_BYTES = 20
# Of one entry in a zip's directory, with a long name.
_LONGEST_ENTRY = 1_024


@dataclass(frozen=True, slots=True)
class Found:
    """A file of a source. ``path``: its folders and its name, from the top; ``reason``: why it is not read, if so."""

    path: tuple[str, ...]
    number: int
    reason: str = ""


class Source(Protocol):
    """``files`` in a fixed order, without what is hidden; ``read`` raises Refused."""

    def files(self) -> list[Found]: ...

    def read(self, found: Found, most_bytes: int) -> bytes: ...

    def close(self) -> None: ...


def open_source(path: Path) -> Source:
    """A folder or a zip file. Raises: InvalidSetting for anything else."""
    try:
        if path.is_dir():
            return Folder(path)
        if path.is_file():
            return Zip(path)
    except OSError as error:
        raise refused("a folder or a zip file", error, "choose one that may be read") from error
    raise refused("a folder or a zip file", said("none at {path}", path), "choose another one")


def is_hidden(name: str) -> bool:
    return name.startswith(".") or name.casefold() in HIDDEN


class _Counted:
    """Bounds what is read in all."""

    def __init__(self) -> None:
        self._left = MOST_BYTES

    def checked(self, data: bytes, most_bytes: int) -> bytes:
        self._left -= len(data)
        if self._left < 0:
            raise refused(said("at most {most} GB in all", MOST_BYTES // 10**9), "more", "choose fewer files")
        if len(data) > most_bytes:
            raise Refused("large")
        return data


class Folder:
    """A folder on this machine; links are listed and not followed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._paths: list[str] = []
        self._counted = _Counted()

    def files(self) -> list[Found]:
        self._paths = []
        found: list[Found] = []
        waiting: list[tuple[str, tuple[str, ...]]] = [(str(self._path), ())]
        while waiting:
            folder, above = waiting.pop()
            if len(above) > DEEPEST:
                expected = said("at most {most} folders within each other", DEEPEST)
                raise refused(expected, "more", "choose the folder that holds those of the classes")
            for entry in _entries(folder):
                path = (*above, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, path))
                    continue
                found.append(Found(path, len(found), _kind_of(entry)))
                self._paths.append(entry.path)
                if len(found) > MOST_ENTRIES:
                    raise _too_many()
        return sorted(found, key=lambda one: one.path)

    def read(self, found: Found, most_bytes: int) -> bytes:
        # Not followed and not waited for, should it have become a link or a pipe meanwhile.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            with open(os.open(self._paths[found.number], flags), "rb") as file:
                data = file.read(most_bytes + 1)
        except OSError as error:
            raise Refused("unreadable") from error
        return self._counted.checked(data, most_bytes)

    def close(self) -> None:
        """Nothing is open."""


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not is_hidden(entry.name)]
    except OSError:
        return []


def _kind_of(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "link"
    return "" if entry.is_file(follow_symlinks=False) else "special"


class Zip:
    """A zip file. Its entries are read up to a bound, whatever their headers say."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("rb")
        self._counted = _Counted()
        try:
            _check_end(self._file)
            self._zip = zipfile.ZipFile(self._file)
        except InvalidSetting:
            self._file.close()
            raise
        except BROKEN as error:
            self._file.close()
            raise _no_zip(error) from error
        self._infos = self._zip.infolist()

    def files(self) -> list[Found]:
        if len(self._infos) > MOST_ENTRIES:
            raise _too_many()
        named = ((number, info, _path_of(info)) for number, info in enumerate(self._infos) if not info.is_dir())
        found = [
            Found(path, number, _reason_of(info, path))
            for number, info, path in named
            if path and not any(map(is_hidden, (part for part in path if part not in (".", ".."))))
        ]
        return sorted(found, key=lambda one: one.path)

    def read(self, found: Found, most_bytes: int) -> bytes:
        try:
            with self._zip.open(self._infos[found.number]) as entry:
                data = entry.read(most_bytes + 1)
        except BROKEN as error:
            raise Refused("broken") from error
        return self._counted.checked(data, most_bytes)

    def close(self) -> None:
        self._zip.close()
        self._file.close()


def _check_end(file: BinaryIO) -> None:
    """Bound the zip's directory before ``zipfile`` reads all of it."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END.size - 65_536 - _LOCATOR_BYTES - _END_64.size))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) - at < _END.size:
        raise _no_zip("another file, or one that is cut off")
    ends = [_END.unpack_from(tail, at)[4:6]]
    before = at - _LOCATOR_BYTES - _END_64.size
    if before >= 0 and tail[before : before + 4] == b"PK\6\6":
        ends.append(_END_64.unpack_from(tail, before)[7:9])
    # Of the usual end 65,535 entries mean that the other one has the number.
    entries = max(count for count, _ in ends if count != 0xFFFF or len(ends) == 1)
    directory = max(length for _, length in ends if length != 0xFFFFFFFF or len(ends) == 1)
    if entries > MOST_ENTRIES or directory > MOST_ENTRIES * _LONGEST_ENTRY:
        raise _too_many()


def _path_of(info: zipfile.ZipInfo) -> tuple[str, ...]:
    name = info.filename
    if not info.flag_bits & 0x800:  # as some systems write UTF-8 without saying so
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.filename
    path = tuple(part for part in name.replace("\\", "/").split("/") if part != ".")
    return path if path and not path[0] else tuple(part for part in path if part)


def _reason_of(info: zipfile.ZipInfo, path: tuple[str, ...]) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if not path[0] or ".." in path or path[0].endswith(":"):
        return "outside"
    if kind == stat.S_IFLNK:
        return "link"
    if kind not in (0, stat.S_IFREG):
        return "special"
    if info.flag_bits & 0x1:
        return "encrypted"
    return "" if info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) else "packed"


def _too_many() -> InvalidSetting:
    return refused(said("at most {most:,} files", MOST_ENTRIES), "more", "choose fewer files")


def _no_zip(error: object) -> InvalidSetting:
    return refused("a folder or a zip file that can be read", error, "pack the folder again as zip")
