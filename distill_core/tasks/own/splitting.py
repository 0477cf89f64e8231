"""Own data in three parts that share no example, and what is left out for that."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from distill_core.tasks.base import TaskData
from distill_core.tasks.own.class_folders import PARTS, Part
from distill_core.tasks.own.refusals import RefusedFile
from distill_core.tasks.splits import content_hash

FEWEST = 8
# Of each class, in hundredths.
_HELD_OUT = 15


@dataclass(frozen=True, slots=True)
class Parted:
    """``part_N``: the part of each example, "" where it is left out. ``reasons``: why, by position. ``classes``: the
    labels that stay, in order."""

    part_N: list[Part | str]
    reasons: dict[int, str]
    classes: tuple[int, ...]


def places_of(split: Parted) -> dict[Part, list[int]]:
    """The positions of the examples of each part, in order."""
    return {part: [at for at, one in enumerate(split.part_N) if one == part] for part in PARTS}


def reported(split: Parted, given: Collection[Part | None], refusals: Sequence[RefusedFile]) -> dict[str, Any]:
    """What a description tells of an import: the parts that were given, and what was not taken."""
    return {
        "given_parts": [part for part in PARTS if part in given],
        "refused": [{"path": one.path, "reason": one.reason} for one in refusals],
        "refused_count": len(refusals),
        "twice": sum(reason == "twice" for reason in split.reasons.values()),
    }


def counted(parts: Mapping[Part, Any], classes: int) -> dict[str, Any]:
    """What a description tells of parts in memory: their hash, how many examples each has, and each class."""
    every = np.concatenate([part.labels_N for part in parts.values()])
    return {
        "sha256": content_hash(TaskData(*(parts[part] for part in PARTS))),
        "counts": {part: len(found.labels_N) for part, found in parts.items()},
        "per_class": np.bincount(every, minlength=classes).tolist(),
    }


def parted(keys: Sequence[bytes], labels_N: Sequence[int], given_N: Sequence[Part | None]) -> Parted:
    """Examples with equal ``keys`` are one: the one that the test has, then validation; in two classes they are none.
    Parts that are not given are drawn, 15 of 100 of each class, by seed 0. A class with fewer than ``FEWEST`` examples
    is left out, and one that some part has none of."""
    reasons = _twins(keys, labels_N, given_N)
    part_N: list[Part | str] = ["" if number in reasons else part or "train" for number, part in enumerate(given_N)]
    missing: list[Part] = [part for part in ("valid", "test") if part not in given_N]
    classes = []
    for label in sorted(set(labels_N)):
        members = [number for number, of in enumerate(labels_N) if of == label and part_N[number]]
        _draw(part_N, [number for number in members if part_N[number] == "train"], missing, label)
        if len(members) >= FEWEST and {part_N[number] for number in members} == {"train", "valid", "test"}:
            classes.append(label)
        else:
            for number in members:
                part_N[number], reasons[number] = "", "few"
    return Parted(part_N, reasons, tuple(classes))


def _twins(keys: Sequence[bytes], labels_N: Sequence[int], given_N: Sequence[Part | None]) -> dict[int, str]:
    same: dict[bytes, list[int]] = {}
    for number, key in enumerate(keys):
        same.setdefault(key, []).append(number)
    rank = {"test": 0, "valid": 1, "train": 2, None: 2}
    reasons: dict[int, str] = {}
    for numbers in same.values():
        if len({labels_N[number] for number in numbers}) > 1:
            reasons |= dict.fromkeys(numbers, "two_classes")
        else:
            first = min(numbers, key=lambda number: (rank[given_N[number]], number))
            reasons |= {number: "twice" for number in numbers if number != first}
    return reasons


def _draw(part_N: list[Part | str], members: Sequence[int], parts: Sequence[Part], label: int) -> None:
    """Move shares of a class from training to ``parts``."""
    order = np.random.default_rng([0, label]).permutation(len(members))
    each = max(1, (_HELD_OUT * len(members) + 50) // 100)
    for place, part in enumerate(parts):
        for at in order[place * each : (place + 1) * each]:
            part_N[members[at]] = part
