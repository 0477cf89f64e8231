"""Puts a kit together: all of its files by their path, and as a zip or a folder."""

from __future__ import annotations

import io
import os
import shutil
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from distill_core.deployment.kit.card import NAME, card
from distill_core.deployment.kit.examples import browser_files, cpp_files, has_engine, python_files
from distill_core.deployment.kit.files import KitFile, network_file, ready
from distill_core.deployment.kit.raw import raw_input
from distill_core.deployment.kit.reference import references
from distill_core.deployment.kit.source import SPECIFICATION, KitSource, Told, checked_precisions
from distill_core.errors import InvalidSetting, StorageFailed, said

# The first time that a zip file can tell: equal content gives equal bytes.
FIXED = (1980, 1, 1, 0, 0, 0)
# What does not get smaller: packed or trained numbers.
STORED = (".onnx", "wasm.js", ".bin")


@dataclass(frozen=True, kw_only=True, slots=True)
class Kit:
    """``files``: the content of each by its path; ``checked``: the ONNX files with their parity."""

    files: Mapping[str, bytes]
    checked: tuple[KitFile, ...]


def build_kit(source: KitSource, precisions: Sequence[str] = (), told: Told = lambda _share, _step: None) -> Kit:
    """Make all files of a kit; ``told`` is called with the share that is done and what comes next.

    Raises: InvalidSetting for precisions that the run does not have; ExportMismatch where a precision cannot hold the
    network, or a file answers otherwise than the lab.
    """
    chosen = checked_precisions(source.own, precisions)
    raw, made = raw_input(source.task), []
    for place, precision in enumerate(chosen):
        told(0.8 * place / len(chosen), precision)
        network = network_file(source, precision)
        made += [network, *([ready(source, network, raw)] if raw else [])]
    told(0.8, "examples")
    arrays, cases = references(source, made)
    asked = made[1] if raw else made[0]
    files = {
        **{file.name: file.data for file in made},
        **arrays,
        **python_files(source, asked),
        **browser_files(source, asked, cases[asked.name], arrays),
        **cpp_files(source, asked, cases[asked.name]),
        SPECIFICATION: source.specification.encode(),
        NAME: card(source, made, has_page=has_engine()),
    }
    told(1.0, "")
    return Kit(files=dict(sorted(files.items())), checked=tuple(made))


def as_zip(kit: Kit, folder: str) -> bytes:
    """The kit as one zip file, within a folder of this name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for path, data in kit.files.items():
            entry = zipfile.ZipInfo(f"{folder}/{path}", FIXED)
            entry.compress_type = zipfile.ZIP_STORED if path.endswith(STORED) else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, data)
    return buffer.getvalue()


def check_folder(folder: Path) -> None:
    """Raise InvalidSetting where a kit may not be written there: what is there stays as it is."""
    hint = "name a new folder, or an empty one"
    if folder.is_dir():
        if any(folder.iterdir()):
            raise InvalidSetting(said("the folder {folder}", folder), expected="an empty one", got="files", hint=hint)
    elif folder.exists() or folder.is_symlink():
        raise InvalidSetting(said("{folder}", folder), expected="a folder", got="a file", hint=hint)


def write_folder(kit: Kit, folder: Path) -> None:
    """Write the kit to a neighbour, then rename that: the folder has all of it or is not there.

    Raises: InvalidSetting as ``check_folder``; StorageFailed where the disk refuses.
    """
    check_folder(folder)
    place = Path(os.path.realpath(folder))
    neighbour = place.with_name(f".{uuid.uuid4().hex}.part")
    try:
        for path, data in kit.files.items():
            target = neighbour / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        with suppress(FileNotFoundError):
            place.rmdir()  # it is empty; a rename would refuse it on some systems
        os.replace(neighbour, place)
    except OSError as error:
        hint = "free some room, or choose a folder that may be written"
        raise StorageFailed(said("writing {folder}", folder), expected="room for it", got=error, hint=hint) from error
    finally:
        shutil.rmtree(neighbour, ignore_errors=True)
