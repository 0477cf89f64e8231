"""Which class, and which part, each file belongs to: by the folders that it lies in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal, get_args

from distill_core.errors import said
from distill_core.tasks.own.names import in_order, shown
from distill_core.tasks.own.refusals import RefusedFile, refused
from distill_core.tasks.own.sources import Found

Part = Literal["train", "valid", "test"]
PARTS: tuple[Part, ...] = get_args(Part)
# What people call the folders of parts.
CALLED: dict[str, Part] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("valid", "validation", "val", "dev"), "valid"),
    **dict.fromkeys(("test", "testing"), "test"),
}
CLASSES = (2, 200)
MOST_FILES = 50_000
MOST_CHARACTERS = 200
_UNREAD = {".heic": "heic", ".heif": "heic"} | dict.fromkeys((".zip", ".tar", ".gz", ".7z", ".rar", ".tgz"), "nested")


@dataclass(frozen=True, slots=True)
class Sorted:
    """A file with its class, and its part where the folders tell it."""

    found: Found
    label: int
    part: Part | None


@dataclass(frozen=True, slots=True)
class ClassFolders:
    """``classes`` in the order of their labels; ``refused``: files that are not read."""

    classes: tuple[str, ...]
    files: tuple[Sorted, ...]
    refused: tuple[RefusedFile, ...]


def sort_files(files: Sequence[Found], endings: Collection[str]) -> ClassFolders:
    """The files of ``endings`` by class, from ``CLASS/file`` or ``PART/CLASS/file``, deeper files and folders around
    all of them included.

    Raises: InvalidSetting for fewer or more classes than are taken, and too many files.
    """
    files = _without_common(files)
    in_parts, kept, refusals = _has_parts(files), [], []
    for found in files:
        reason = found.reason or _reason(found.path[-1], endings)
        inner = found.path[1:] if in_parts else found.path
        name = shown(inner[0]) if len(inner) > 1 else ""
        if reason or not name:
            refusals.append(RefusedFile(told(found), reason or "no_class"))
        else:
            kept.append((found, name, CALLED[found.path[0].casefold()] if in_parts else None))
    if len(kept) > MOST_FILES:
        raise refused(
            said("at most {most:,} files of classes", MOST_FILES), said("{count:,}", len(kept)), "leave some out"
        )
    classes = tuple(sorted({name for _, name, _ in kept}, key=in_order))
    check_count(classes, "put the files of each class into a folder that is called like it")
    numbers = {name: number for number, name in enumerate(classes)}
    return ClassFolders(
        classes, tuple(Sorted(found, numbers[name], part) for found, name, part in kept), tuple(refusals)
    )


def check_count(classes: Sequence[str], hint: str) -> None:
    """Raises InvalidSetting for fewer or more classes than are taken."""
    least, most = CLASSES
    if not least <= len(classes) <= most:
        raise refused(said("{least} to {most} classes", least, most), len(classes) or "none", hint)


def told(found: Found) -> str:
    """The path of a file in words, for a report."""
    return "/".join(shown(part, MOST_CHARACTERS) for part in found.path)[-MOST_CHARACTERS:]


def _reason(name: str, endings: Collection[str]) -> str:
    ending = PurePosixPath(name).suffix.casefold()
    return "" if ending in endings else _UNREAD.get(ending, "ending")


def _without_common(files: Sequence[Found]) -> Sequence[Found]:
    """The files below the folders that hold all of them, as a packed folder does."""
    read = [found for found in files if not found.reason]
    while read and len({found.path[0] for found in read}) == 1 and all(len(found.path) > 2 for found in read):
        common = read[0].path[0]
        files = [
            Found(found.path[1:], found.number, found.reason) if _is_below(found, common) else found for found in files
        ]
        read = [found for found in files if not found.reason]
    return files


def _is_below(found: Found, folder: str) -> bool:
    return len(found.path) > 1 and found.path[0] == folder


def _has_parts(files: Sequence[Found]) -> bool:
    """Whether the outermost folders are parts: training, and at least one more."""
    read = [found for found in files if not found.reason and len(found.path) > 1]
    parts = {CALLED.get(found.path[0].casefold(), "") for found in read}
    deep = all(len(found.path) > 2 for found in read)
    return deep and "train" in parts and "" not in parts and len(parts) > 1
