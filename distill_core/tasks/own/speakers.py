"""Whose voice each recording is, by a table speakers.csv, and parts that share no voice."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from distill_core.errors import said
from distill_core.tasks.own.class_folders import Part
from distill_core.tasks.own.csv_rows import MOST_BYTES, Rows
from distill_core.tasks.own.names import shown
from distill_core.tasks.own.refusals import Refused, refused
from distill_core.tasks.own.sources import Found, Source

FILE, SPEAKER = "file", "speaker"
FEWEST, MANY = 3, 12
# Of all recordings, in hundredths.
_HELD_OUT = 15


def is_speakers(found: Found) -> bool:
    return found.path[-1].casefold() == "speakers.csv"


def speakers_of(source: Source, files: Sequence[Found]) -> dict[str, str]:
    """The speaker of each file, by ``CLASS/file``; empty without a table. Raises: InvalidSetting for one that cannot be
    read, or has fewer than ``FEWEST`` speakers."""
    table = next((found for found in files if is_speakers(found) and not found.reason), None)
    if table is None:
        return {}
    try:
        rows = Rows(source.read(table, MOST_BYTES), "utf-8", (FILE, SPEAKER))
    except Refused as error:
        raise refused("speakers.csv that can be read", error, "save it again as CSV") from error
    at, of = rows.column(FILE), rows.column(SPEAKER)
    whole = [row for _, row in rows if len(row) == len(rows.header)]
    voices = {"/".join(row[at].replace("\\", "/").split("/")[-2:]): shown(row[of]) for row in whole}
    if len(set(voices.values())) < FEWEST:
        expected = said("at least {count} speakers in speakers.csv, one for each part", FEWEST)
        raise refused(expected, len(set(voices.values())), "name more of them, or leave that table out")
    return voices


def parts_by_speaker(speakers_N: Sequence[str]) -> list[Part | None]:
    """The part of each recording: speakers in an order drawn by seed 0 are the test's, then validation's, until either
    has 15 of 100 recordings; all others train. Of ``MANY`` speakers the test has three at least, so that there is an
    interval over them."""
    counts = Counter(speakers_N)
    names = sorted(counts)
    order = [names[number] for number in np.random.default_rng(0).permutation(len(names))]
    part_of: dict[str, Part] = {}
    for part in ("test", "valid"):
        taken = 0
        least = FEWEST if part == "test" and len(names) >= MANY else 1
        while order[1:] and (taken * 100 < _HELD_OUT * len(speakers_N) or least > 0):
            name = order.pop(0)
            part_of[name], taken = part, taken + counts[name]  # type: ignore[assignment]
            least -= 1
    return [part_of.get(name, "train") for name in speakers_N]
