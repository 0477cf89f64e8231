"""Rows of a table in three parts: equal rows are in one of them, since people may well be alike."""

from collections import Counter
from collections.abc import Sequence

from distill_core.tasks.own.class_folders import Part
from distill_core.tasks.own.splitting import Parted, parted

_RANK = {"test": 0, "valid": 1, "train": 2, None: 2}


def parted_rows(keys: Sequence[bytes], labels_N: Sequence[int], given_N: Sequence[Part | None]) -> Parted:
    """As ``splitting.parted``, but rows with equal ``keys`` stay, of whatever class, in one part: the one that the test
    has, then validation. Of those that the files put into several parts, the others are left out. Shares of a class
    are drawn of different rows, which count for the rarest class that they have."""
    same: dict[bytes, list[int]] = {}
    for at, key in enumerate(keys):
        same.setdefault(key, []).append(at)
    best = {key: min((given_N[at] for at in places), key=_RANK.__getitem__) for key, places in same.items()}
    kept = {key: [at for at in places if given_N[at] == best[key]] for key, places in same.items()}
    counts = Counter(labels_N)
    rarest = [min((labels_N[at] for at in places), key=counts.__getitem__) for places in kept.values()]
    split = parted(list(kept), rarest, [best[key] for key in kept])
    part_N: list[Part | str] = [""] * len(keys)
    reasons = dict.fromkeys(range(len(keys)), "twice")
    for place, members in enumerate(kept.values()):
        for at in members:
            part_N[at] = split.part_N[place] if labels_N[at] in split.classes else ""
            reasons[at] = "" if part_N[at] else "few"
    reasons = {at: reason for at, reason in reasons.items() if reason}
    return Parted(part_N, reasons, split.classes)
