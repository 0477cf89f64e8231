"""Short texts in twenty languages: strings of Django's user interface and their translations, as
``tools/make_languages.py`` makes them.

All translations of a source are in one part. A text, and one that differs from it by signs or digits alone, stays in
the first part that has it: what the test asks is new, and training loses nothing to it.
"""

import gzip
from pathlib import Path

import numpy as np

from distill_core.assets import ASSETS, read_asset, read_manifest
from distill_core.events import Sink
from distill_core.spec import Budget, Optimiser, TrainedTeacher
from distill_core.tasks.base import SplitCounts, TargetSpec, Task, TaskData
from distill_core.tasks.comparison import comparison
from distill_core.tasks.text import TEXT
from distill_core.tasks.text.texts import InMemoryTexts, LabelledTexts
from distill_core.tasks.text.tokens import INPUT

NAME = "languages"
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
COUNTS = SplitCounts(train=9_511, valid=2_044, test=2_027)


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


def _load(_home: Path, _sink: Sink) -> TaskData:
    return TaskData(**read_parts())


TEACHER = "languages_ngrams"
# Settings were chosen on validation texts.
TEACHER_RECIPE = TrainedTeacher(
    architecture="hashed_ngrams",
    budget=Budget(updates=2_400, batch_size=128),
    optimiser=Optimiser(learning_rate=4.0, weight_decay=1e-4),
)

ENTRIES = (
    Task(
        name=NAME,
        title="Languages, 20",
        teaches="Short texts in twenty languages: letters tell most of them apart, and Danish is taken for Swedish.",
        source=SOURCE,
        licence="BSD-3-Clause",
        kind=TEXT,
        input=INPUT,
        target=TargetSpec(classes=tuple(LANGUAGES.values())),
        counts=COUNTS,
        sha256="bcdb432de4a79d7d78d1e770f6a949b860aa6e5d653e93ff769bf79009a82d83",
        load=_load,
        dataset=InMemoryTexts,
        traits=frozenset({"corruptions"}),
        default=comparison(
            NAME,
            teacher=TEACHER,
            examples="texts",
            architecture="byte_cnn",
            labels=400,  # 20 a language
            temperature=2.0,
            budget=Budget(updates=400, batch_size=64),
            optimiser=Optimiser(learning_rate=0.1, weight_decay=5e-4),
        ),
    ),
)
