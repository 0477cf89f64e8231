"""The archive: one zip file with experiments, their runs, files and measurements, perhaps a stranger's.

``archive.json`` tells what is inside, ``rows.json`` holds the rows of the store, every file is named by its SHA-256.
Nothing is unpacked before counts and sizes are within bounds, and no name of an archive ever becomes a path.
"""

import io
import json
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal

from pydantic import Field, StringConstraints

from distill_core import __version__
from distill_core.bounded_json import decode_bounded
from distill_core.errors import CorruptFile, DistillError, InvalidSetting, Names, said
from distill_core.files import read_verified, sha256_of
from distill_core.spec import Several, Specification
from distill_core.spec.base import InvalidSpecification

FORMAT = 1
HEADER, ROWS = "archive.json", "rows.json"
MOST_FILES = 20_000
MOST_BYTES, MOST_FILE_BYTES = 2**29, 2**28
MOST_HEADER_BYTES, MOST_ROWS_BYTES = 2**22, 2**25
# The end of a zip file without a comment, and what stands before it in one of more than 4 GB.
END, END_64 = struct.Struct("<4s4H2LH"), 20
LONGEST_ENTRY = 46 + 64
# The first time that a zip file can tell: equal content gives equal bytes.
FIXED = (1980, 1, 1, 0, 0, 0)
# Trained weights are as good as random; only what becomes so much smaller is deflated.
WORTH_DEFLATING, SAMPLE_BYTES = 0.8, 2**16
HASH = re.compile(r"[0-9a-f]{64}")
UPDATE, AGAIN = "update this lab", "export or download it again"

FileKind = Literal["safetensors", "onnx"]
Text = Annotated[str, StringConstraints(max_length=2_000)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class ArchivedFile(Specification):
    """A file by its content."""

    kind: FileKind
    sha256: Sha256
    size_bytes: int = Field(ge=0, le=MOST_FILE_BYTES)


class ArchiveHeader(Specification):
    """What an archive tells of itself. ``lab`` is the version that wrote it, ``environment`` the machine; ``command``
    makes the experiments again."""

    format: int = Field(FORMAT, ge=FORMAT, le=FORMAT)
    lab: Text = __version__
    title: Text
    command: Text = ""
    origin: Text = ""
    licence: Text = ""
    environment: dict[str, Text | int] = Field(default={}, max_length=100)
    rows_sha256: Sha256
    files: Several[ArchivedFile] = Field(max_length=MOST_FILES)


Rows = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Archive:
    """An open archive whose list of contents holds together; each file is checked when it is read. ``files`` by
    SHA-256."""

    header: ArchiveHeader
    rows: Rows
    files: Mapping[str, ArchivedFile]
    _packed: zipfile.ZipFile

    def read(self, sha256: str) -> bytes:
        """A file. Raises CorruptFile."""
        if sha256 not in self.files:
            raise refused("a file that it lists", said("none with SHA-256 {sha256}…", sha256[:12]))
        return _read(self._packed, sha256, self.files[sha256].size_bytes, sha256)


def write_archive(rows: Rows, files: Mapping[str, tuple[FileKind, Path]], **told: Any) -> bytes:
    """The archive of these rows and ``files`` (kind and path by SHA-256); ``told`` are fields of the header. Equal
    arguments give equal bytes. Raises: InvalidSetting for what is too large; CorruptFile for a file that was changed.
    """
    contents = {sha256: read_verified(path, sha256) for sha256, (_, path) in sorted(files.items())}
    text = json.dumps(rows, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()
    listed = [
        ArchivedFile(kind=files[sha256][0], sha256=sha256, size_bytes=len(data)) for sha256, data in contents.items()
    ]
    header = ArchiveHeader(rows_sha256=sha256_of(text), files=tuple(listed), **told)
    packed = {HEADER: header.model_dump_json(indent=1).encode(), ROWS: text, **contents}
    _check_bounds({name: len(data) for name, data in packed.items()}, InvalidSetting, "export fewer experiments")
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, data in packed.items():
            entry = zipfile.ZipInfo(name, FIXED)
            entry.create_system, entry.external_attr = 3, (stat.S_IFREG | 0o644) << 16
            sample = data[:SAMPLE_BYTES]
            deflates = len(zlib.compress(sample, 1)) < WORTH_DEFLATING * len(sample)
            entry.compress_type = zipfile.ZIP_DEFLATED if deflates else zipfile.ZIP_STORED
            archive.writestr(entry, data)
    return into.getvalue()


@contextmanager
def open_archive(source: bytes | Path, *, own: bool = False) -> Iterator[Archive]:
    """An archive from bytes or a file. ``own``: it ships, or this lab kept it, so what its JSON holds is not bounded.

    Raises: CorruptFile, with the reason, for whatever this lab did not write so.
    """
    with ExitStack() as stack:
        with _readable():
            opened: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
            file = stack.enter_context(opened)
            _check_end(file)
            archive = _opened(stack.enter_context(zipfile.ZipFile(file)), _decode if own else decode_bounded)
        yield archive


@contextmanager
def _readable() -> Iterator[None]:
    """Raise CorruptFile for what ``zipfile`` raises; ValueError: names that are no UTF-8."""
    try:
        yield
    except DistillError:
        raise
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise refused("a zip file that can be read", error) from error


def refused(expected: object, got: object, hint: str = AGAIN, *, what: str = "the archive") -> CorruptFile:
    """The error of an archive that is not taken."""
    return CorruptFile(what, expected=expected, got=got, hint=said("{hint}; nothing was imported", hint))


def _decode(data: bytes, _what: str) -> Any:
    return json.loads(data)


def _opened(packed: zipfile.ZipFile, decode: Callable[[bytes, str], Any]) -> Archive:
    sizes = _entries(packed)
    told = decode(_read(packed, HEADER, sizes[HEADER]), HEADER)
    written = told.get("format") if isinstance(told, dict) else None
    if isinstance(written, int) and written > FORMAT:
        raise refused(
            said("format {number} or older", FORMAT), said("format {number}, of a newer lab", written), UPDATE
        )
    try:
        header = ArchiveHeader.of(told if isinstance(told, dict) else {})
    except InvalidSpecification as error:
        wrong = [said("{field}: {why}", ".".join(map(str, one.path)), one.text) for one in error.problems]
        raise refused("its fields", said("{reasons:; }", Names(wrong)), what=HEADER) from error
    files = {file.sha256: file for file in header.files}
    listed = {sha256: file.size_bytes for sha256, file in files.items()}
    if len(files) != len(header.files) or {**listed, HEADER: sizes[HEADER], ROWS: sizes[ROWS]} != sizes:
        raise refused("the files that it lists, each once and with its size", "others")
    rows = decode(_read(packed, ROWS, sizes[ROWS], header.rows_sha256), ROWS)
    return Archive(header, rows, files, packed)


def _check_end(file: BinaryIO) -> None:
    """Bound the zip's directory before ``zipfile`` reads it: no comment, no zip64, nothing before the first entry."""
    size = file.seek(0, io.SEEK_END)
    if not END.size + END_64 <= size <= MOST_BYTES:
        raise refused(said("a zip file of at most {count:,} bytes", MOST_BYTES), said("{size:,} bytes", size))
    file.seek(size - END.size - END_64)
    before, end = file.read(END_64), file.read(END.size)
    signature, disk, first, here, entries, directory, start, comment = END.unpack(end)
    if signature != b"PK\5\6" or comment or disk or first or here != entries or before.startswith(b"PK\6\7"):
        raise refused("a zip file as this lab writes it", "no zip file, or one of another kind")
    if entries > MOST_FILES + 2 or directory > entries * LONGEST_ENTRY:
        raise refused(
            said("at most {count:,} files", MOST_FILES),
            said("{entries:,}, with a directory of {directory:,} bytes", entries, directory),
        )
    if start + directory + END.size != size:
        raise refused("a zip file and nothing else", "other bytes before or inside it")


def _entries(packed: zipfile.ZipFile) -> dict[str, int]:
    """The size of each entry. Raises CorruptFile for entries that no archive has."""
    infos = packed.infolist()
    for info in infos:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if info.orig_filename not in (HEADER, ROWS) and not HASH.fullmatch(info.orig_filename):
            raise refused("names that are hashes", repr(info.orig_filename[:80]))
        if info.flag_bits & ~0x806 or kind not in (0, stat.S_IFREG):
            raise refused("plain files", said("{name} encrypted, or a link", info.filename))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refused("files that are stored or deflated", said("compression {kind}", info.compress_type))
    sizes = {info.filename: info.file_size for info in infos}
    if len(sizes) != len(infos):
        raise refused("each file once", "one twice")
    if not {HEADER, ROWS} <= sizes.keys():
        raise refused(
            said("{header} and {rows}", HEADER, ROWS), "an archive without them", "choose a file that a lab exported"
        )
    _check_bounds(sizes, CorruptFile, AGAIN)
    return sizes


def _check_bounds(sizes: Mapping[str, int], error: type[DistillError], hint: str) -> None:
    most = {HEADER: MOST_HEADER_BYTES, ROWS: MOST_ROWS_BYTES}
    for name, size in sizes.items():
        if size > most.get(name, MOST_FILE_BYTES):
            expected = said("at most {count:,} bytes in {name}", most.get(name, MOST_FILE_BYTES), name[:12])
            raise error("the archive", expected=expected, got=said("{value:,}", size), hint=hint)
    if len(sizes) > MOST_FILES + 2 or sum(sizes.values()) > MOST_BYTES:
        expected = said("at most {count:,} files and {size:,} bytes", MOST_FILES, MOST_BYTES)
        got = _counted(sizes.values())
        raise error("the archive", expected=expected, got=got, hint=hint)


def _counted(sizes: Collection[int]) -> str:
    return f"{len(sizes):,} files and {sum(sizes):,} bytes"


def _read(packed: zipfile.ZipFile, name: str, size: int, sha256: str | None = None) -> bytes:
    """An entry. It is read up to one byte more than it should have, whatever its own header says."""
    with _readable(), packed.open(name) as entry:
        data = entry.read(size + 1)
    if len(data) != size or (sha256 is not None and sha256_of(data) != sha256):
        raise refused(said("{name} with its hash and {size:,} bytes", name[:12], size), "another content")
    return data
