"""Pictures with outlines of objects as COCO lists them: ``annotations/instances_train.json`` beside their folders.

A class a pixel: the ground, then the most frequent categories, of which a smaller object lies on top of a larger one.
Crowds and all other categories are void. Source: cocodataset.org, "Data format". H, W: of the whole picture.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath
from typing import Any, NoReturn

import numpy as np

from distill_core.errors import said
from distill_core.tasks.own.class_folders import CALLED, Part, told
from distill_core.tasks.own.masks import VOID, Listed, Pair, check_names, cut
from distill_core.tasks.own.names import shown
from distill_core.tasks.own.outlines import drawn, is_crowd
from distill_core.tasks.own.pixels import ENDINGS
from distill_core.tasks.own.refusals import Refused, RefusedFile, refused
from distill_core.tasks.own.sources import Found, Source

MOST_JSON_BYTES, MOST_IMAGES, MOST_OUTLINES = 200_000_000, 20_000, 500
MOST_ANNOTATIONS = 1_000_000
LARGEST_PX = 4_096 * 4_096
GROUND = "Ground"
Row = Mapping[str, Any]


def is_listed(files: Sequence[Found]) -> bool:
    """Whether these are such files."""
    return bool(_tables(files))


def in_lists(source: Source, files: Sequence[Found], most_classes: int) -> Listed:
    """The pictures that the lists name, by the last part of their names alone. Raises: InvalidSetting for lists that
    cannot be read."""
    lists = {found: _read(source, found) for found in _tables(files)}
    names = _names([category for one in lists.values() for category in _rows(one, "categories", MOST_IMAGES)])
    frequent = _frequent(lists.values(), names, most_classes)
    numbers = {name: number for number, name in enumerate(frequent, start=1)}
    there = _by_name(files)
    pairs: list[Pair] = []
    refusals: list[RefusedFile] = []
    parts = {table: _part(table) for table in lists}
    if "train" not in parts.values():  # as COCO's validation alone
        parts = dict.fromkeys(parts)
    for table, one in lists.items():
        _pair(one, parts[table], numbers, there, pairs, refusals)
    if len(pairs) > MOST_IMAGES:
        raise refused(said("at most {most:,} pictures", MOST_IMAGES), said("{count:,}", len(pairs)), "leave some out")
    used = {pair.found for pair in pairs}
    refusals += [
        RefusedFile(told(found), found.reason or "not_listed")
        for found in files
        if found not in used and found not in lists and _is_picture(found)
    ]
    ground = GROUND if GROUND not in frequent else f"{GROUND} 0"
    return Listed(tuple(pairs), (ground, *frequent), tuple(refusals))


def _tables(files: Sequence[Found]) -> list[Found]:
    tables = [found for found in files if found.path[-1].casefold().endswith(".json") and not found.reason]
    instances = [found for found in tables if found.path[-1].casefold().startswith("instances")]
    return instances or tables


def _is_picture(found: Found) -> bool:
    return PurePosixPath(found.path[-1]).suffix.casefold() in ENDINGS


def _read(source: Source, found: Found) -> Row:
    try:
        data = json.loads(source.read(found, MOST_JSON_BYTES), parse_constant=_no_number)
    except Refused as error:
        expected = said("a list of at most {most} MB", MOST_JSON_BYTES // 10**6)
        raise refused(expected, error, "leave pictures out") from error
    except (ValueError, RecursionError) as error:
        raise _no_list(told(found)) from error
    if not isinstance(data, dict):
        raise _no_list(told(found))
    return data


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)


def _rows(one: Row, name: str, most: int) -> list[Row]:
    found = one.get(name)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise _no_list(name)
    if len(found) > most:
        raise refused(said("at most {most:,} {name}", most, name), said("{count:,}", len(found)), "leave some out")
    return found


def _no_list(got: str) -> Exception:
    hint = "write it again with images, annotations and categories"
    return refused("a list as COCO has it, in JSON", said("another one in {place}", got), hint)


def _names(categories: Sequence[Row]) -> dict[Any, str]:
    """The names of categories by their numbers, which leave gaps."""
    names: dict[Any, str] = {}
    for row in categories:
        key, name = _key(row.get("id")), shown(row["name"]) if isinstance(row.get("name"), str) else ""
        if key is None or not name or names.setdefault(key, name) != name:
            raise _no_list("categories")
    check_names(list(names.values()))
    return names


def _key(value: Any) -> int | str | None:
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None


def _frequent(lists: Any, names: Mapping[Any, str], most: int) -> list[str]:
    count = Counter(
        names[key]
        for one in lists
        for row in _rows(one, "annotations", MOST_ANNOTATIONS)
        if (key := _key(row.get("category_id"))) in names and not is_crowd(row)
    )
    return [name for name, _ in sorted(count.items(), key=lambda item: (-item[1], item[0]))[:most]]


def _part(table: Found) -> Part | None:
    """By the name of a list: instances_val2017.json holds the validation."""
    words = re.split(r"[^a-z]+", PurePosixPath(table.path[-1]).stem.casefold())
    return next((CALLED[word] for word in reversed(words) if word in CALLED), None)


def _by_name(files: Sequence[Found]) -> dict[str, list[Found]]:
    there: dict[str, list[Found]] = {}
    for found in files:
        if not found.reason and _is_picture(found):
            there.setdefault(found.path[-1], []).append(found)
    return there


def _pair(
    one: Row,
    part: Part | None,
    numbers: Mapping[str, int],
    there: Mapping[str, list[Found]],
    pairs: list[Pair],
    refusals: list[RefusedFile],
) -> None:
    names = _names(_rows(one, "categories", MOST_IMAGES))
    values = {key: numbers.get(name, VOID) for key, name in names.items()}
    images: dict[Any, tuple[Row, list[Row]]] = {}
    for row in _rows(one, "images", MOST_IMAGES):
        key = _key(row.get("id"))
        if key is None or key in images:
            raise _no_list("images")
        images[key] = row, []
    for number, row in enumerate(_rows(one, "annotations", MOST_ANNOTATIONS)):
        key = _key(row.get("image_id"))
        if key in images:
            images[key][1].append(row)
        else:
            refusals.append(RefusedFile(f"annotations[{number}]", "no_image"))
    for row, outlines in images.values():
        name = str(row.get("file_name", ""))[-500:].replace("\\", "/").rsplit("/", 1)[-1]
        found = _one_of(there.get(name, []), part)
        if found is None:
            refusals.append(RefusedFile(shown(name, 200) or "images", "no_image"))
        else:
            pairs.append(Pair(found, part, partial(_mask, row, outlines, values)))


def _one_of(found: Sequence[Found], part: Part | None) -> Found | None:
    """The picture of this name: the one in a folder of the part, where several are called so."""
    own = [one for one in found if part and any(_word(folder) == part for folder in one.path[:-1])]
    chosen = own or found
    return chosen[0] if len(chosen) == 1 else None


def _word(folder: str) -> Part | None:
    return CALLED.get(folder.casefold().rstrip("0123456789"))


def _mask(
    row: Row, outlines: Sequence[Row], values: Mapping[Any, int], size: tuple[int, int], side_px: int
) -> np.ndarray:
    if (row.get("width"), row.get("height")) != size:
        raise Refused("sizes")
    if math.prod(size) > LARGEST_PX:
        raise Refused("outlined_large")
    if len(outlines) > MOST_OUTLINES:
        raise Refused("many")
    return cut(drawn(outlines, values, size), side_px)
