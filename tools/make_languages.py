"""Makes assets/data/languages.txt.gz: short texts in twenty languages, from the translations of Django.

    pip download --no-deps django==5.2.19 && pip install polib==1.2.0
    python tools/make_languages.py django-5.2.19-py3-none-any.whl

Each line is a language's code, a tab and a text; the parts follow each other. The same command gives the same lines
everywhere. A source text with all its translations is in one part, and a text in the first part that has it.
"""

import hashlib
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.files import atomic_write  # noqa: E402
from distill_core.tasks import TASKS  # noqa: E402
from distill_core.tasks.text.languages import LANGUAGES, NAME, PARTS, SOURCE  # noqa: E402
from distill_core.tasks.text.tokens import tokens  # noqa: E402
from tools.shipping import DATA, opened_wheel, ship_lines  # noqa: E402

WHEEL_SHA256 = "5965d974a5218a2b68a11dd1276434707f23886525c23f0598eccedaf4f4ca00"
LICENSE = "django-5.2.19.dist-info/licenses/LICENSE"
# Placeholders, tags, entities, links.
CUT = re.compile(r"%\([^)]*\)[a-zA-Z]|%[a-zA-Z]|\{[^}]*\}|<[^>]*>|&\w+;|https?://\S+")
ENDS = " \"'“”„«»‘’()[]{}.:…。"
FEWEST_LETTERS, FEWEST_SIGNS = 4, 2
WRITTEN_IN_SIGNS = {"ja", "ko", "zh_Hans"}
# Of 100 sources the first 70 are for training, the next 15 for validation.
BELOW = {"train": 70, "valid": 85, "test": 100}

Texts = dict[str, list[tuple[str, str]]]


def translations(wheel: zipfile.ZipFile, code: str) -> Iterator[tuple[str, str]]:
    """Source and translation of all strings of a language; plural forms as strings of their own, and of a source that
    stands in several files the first translation. Of English the sources."""
    import polib

    known = set()
    for name in sorted(wheel.namelist()):
        if not name.endswith(".po") or f"/locale/{code}/LC_MESSAGES/" not in name:
            continue
        for entry in polib.pofile(wheel.read(name).decode("utf-8")):
            if entry.obsolete or entry.fuzzy or entry.msgid in known:
                continue
            known.add(entry.msgid)
            forms = [form for _, form in sorted(entry.msgstr_plural.items())] or [entry.msgstr]
            kept = [entry.msgid] if code == "en" else [form for form in forms if form != entry.msgid]
            yield from ((entry.msgid, form) for form in kept)


def cleaned(text: str) -> str:
    return re.sub(r"\s+", " ", CUT.sub(" ", text)).strip(ENDS)


def parted(texts: Texts) -> dict[str, list[tuple[str, str]]]:
    """Language and text of each part. A text that networks cannot tell apart from an earlier one, letters large or
    small, leaves; so does one of two languages, and one that is a text of an earlier part but for signs and digits."""
    owners = defaultdict(set)
    for code, pairs in texts.items():
        for _, text in pairs:
            owners[seen(text)].add(code)
    known: set[bytes] = set()
    letters_before: frozenset[bytes] = frozenset()
    made: dict[str, list[tuple[str, str]]] = {}
    for part in BELOW:
        made[part] = []
        for code, pairs in texts.items():
            for source, text in pairs:
                if part_of(source) != part or len(owners[seen(text)]) > 1:
                    continue
                if seen(text) not in known and letters(text) not in letters_before:
                    known.add(seen(text))
                    made[part].append((code, text))
        letters_before |= {letters(text) for _, text in made[part]}
    return made


def seen(text: str) -> bytes:
    """What networks see of a text, in small letters."""
    return tokens([text.lower()]).tobytes()


def letters(text: str) -> bytes:
    """What networks see of its letters alone."""
    return seen("".join(filter(str.isalpha, text)))


def part_of(source: str) -> str:
    """The part of a source with all its translations."""
    number = int(hashlib.sha256(source.strip().lower().encode()).hexdigest()[:8], 16) % 100
    return next(part for part, below in BELOW.items() if number < below)


def lines(wheel: zipfile.ZipFile) -> dict[str, list[str]]:
    """The lines of each part, languages in turn."""
    texts: Texts = {}
    for code in LANGUAGES:
        fewest = FEWEST_SIGNS if code in WRITTEN_IN_SIGNS else FEWEST_LETTERS
        pairs = ((source, cleaned(text)) for source, text in translations(wheel, code))
        texts[code] = [pair for pair in pairs if sum(map(str.isalpha, pair[1])) >= fewest]
    return {part: [f"{code}\t{text}" for code, text in pairs] for part, pairs in parted(texts).items()}


def main() -> None:
    with opened_wheel(__doc__, WHEEL_SHA256) as wheel:
        parts, licence = lines(wheel), wheel.read(LICENSE)
    told = {
        "origin": f"translations of Django 5.2.19, {SOURCE}",
        "licence": "BSD-3-Clause, see LICENSE.django",
        "command": "python tools/make_languages.py django-5.2.19-py3-none-any.whl",
    }
    atomic_write(DATA / "LICENSE.django", licence)
    what = "code, tab, text; training, validation and test in turn"
    ship_lines(NAME, {part: parts[part] for part in PARTS}, title=TASKS.get(NAME).title, told=told, lines=what)


if __name__ == "__main__":
    main()
