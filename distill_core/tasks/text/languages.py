"""Short texts in twenty languages: strings of Django's user interface and their translations, as
``tools/make_languages.py`` makes them."""

import gzip

import numpy as np

from distill_core.assets import ASSETS, read_asset, read_manifest
from distill_core.tasks.base import SplitCounts
from distill_core.tasks.text.texts import LabelledTexts

NAME, TITLE = "languages", "Languages, 20"
SOURCE = "https://pypi.org/project/Django/5.2.19/"
# By their codes in Django; close pairs (da sv, es pt it, ru uk, ja zh) stand in it on purpose.
LANGUAGES = {
    "ar": "Arabic",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "zh_Hans": "Chinese",
}
PARTS = ("train", "valid", "test")
COUNTS = SplitCounts(train=9_446, valid=2_119, test=2_164)


def read_parts() -> dict[str, LabelledTexts]:
    """What ships, by the name of the part. Raises CorruptFile."""
    manifest = read_manifest(ASSETS / "data" / f"{NAME}.json")
    lines = iter(gzip.decompress(read_asset("data", manifest, ASSETS)).decode().split("\n"))
    numbers, parts = {code: number for number, code in enumerate(LANGUAGES)}, {}
    for part in PARTS:
        pairs = [next(lines).split("\t") for _ in range(getattr(COUNTS, part))]
        labels_N = np.array([numbers[code] for code, _ in pairs], np.int64)
        parts[part] = LabelledTexts(tuple(text for _, text in pairs), labels_N)
    return parts
