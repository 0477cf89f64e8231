"""The digits of one more voice, recorded by a visitor: a task for each such set of words, whose words stay in memory
until the networks have learnt from them.

What is kept of a word are the features that networks hear, no sound. N words, C coefficients, T frames.
"""

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from distill_core.errors import InvalidSetting, MissingData, said
from distill_core.spec import fingerprint
from distill_core.tasks.base import SplitCounts, TargetSpec, Task, TaskData
from distill_core.tasks.sound import DISTURBED, SOUND, mfcc
from distill_core.tasks.sound.comparison import sound_comparison
from distill_core.tasks.sound.dataset import Recordings, Sounds
from distill_core.tasks.sound.fsdd import DIGITS, LICENCE, SOURCE, spoken_digits
from distill_core.tasks.sound.fsdd import NAME as KNOWN_VOICES
from distill_core.tasks.sound.spoken_digits import VIEWS, known_voices, strata

FEWEST, TAKES = 10, 2
# Of 10 kB each: who records once more takes the place of the oldest.
MOST_VOICES = 64
_NAME = re.compile(r"spoken_digits_own_(\d\d)_([0-9a-f]{32})")


def checked_words(values_NCT: np.ndarray, frames_N: np.ndarray, digits_N: np.ndarray) -> Recordings:
    """Words as the part of a task. ``values_NCT``: as the feature graph has them without mean; ``frames_N``: their
    lengths, also beyond T.

    Raises: InvalidSetting for fewer than ``FEWEST``, more than ``TAKES`` of a digit, and what are no features.
    """
    shape, most = (len(digits_N), *mfcc.INPUT.shape), TAKES * len(DIGITS)
    if not FEWEST <= len(digits_N) <= most:
        raise _refused(said("{least} to {most}", FEWEST, most), len(digits_N), "record more of them")
    if values_NCT.shape != shape or len(frames_N) != len(digits_N) or not np.isfinite(values_NCT).all():
        raise _refused(said("features {shape}", shape), said("others {shape}", values_NCT.shape), "record them again")
    if digits_N.min() < 0 or digits_N.max() >= len(DIGITS) or frames_N.min() < 1:
        raise _refused("digits from 0 to 9", "others", "record them again")
    if np.bincount(digits_N).max() > TAKES:
        raise _refused(said("at most {count} of each digit", TAKES), np.bincount(digits_N).max(), "leave some out")
    return Recordings(
        values_NTC=np.ascontiguousarray(mfcc.to_bytes(values_NCT.astype(np.float32)).transpose(0, 2, 1)),
        means_NC=np.full((len(digits_N), mfcc.COEFFICIENTS), mfcc.ZERO, np.uint8),
        frames_N=frames_N.astype(np.int64),
        labels_N=digits_N.astype(np.int64),
        speakers_N=np.zeros(len(digits_N), np.int64),
    )


def is_own_voice(name: str) -> bool:
    """Whether the task called ``name`` is one of a visitor's words, here or forgotten."""
    found = _NAME.fullmatch(name)
    return found is not None and FEWEST <= int(found[1]) <= TAKES * len(DIGITS)


@cache
def _others() -> tuple[Recordings, Recordings]:
    """Validation and test: by the voices that networks know."""
    known = spoken_digits()
    _train_N, valid_N, test_N = known_voices(known)
    return known.part(valid_N, known.digits_N), known.part(test_N, known.digits_N)


@cache
def _hashes() -> tuple[str, ...]:
    # Each list of experiments asks for their tasks.
    return tuple(part.content_hash() for part in _others())


class _Words:
    """Words as long as ``find`` has them, and their hash beyond that: who keeps this keeps no word."""

    def __init__(self, digest: str, find: Callable[[], Recordings | None]) -> None:
        self._digest, self._find = digest, find

    def content_hash(self) -> str:
        return self._digest

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = self._find()
        if found is None:
            hint = "record them again on the Playground"
            raise MissingData("the words of this voice", expected="them", got="none: they were forgotten", hint=hint)
        return getattr(found, name)


class OwnVoices:
    """The words that are here, by the name of their task, which follows from them. In memory alone."""

    def __init__(self) -> None:
        self._words: dict[str, Recordings] = {}
        self._jobs: dict[str, str] = {}

    def add(self, words: Recordings) -> str:
        """Keep words; the name of their task."""
        name = f"spoken_digits_own_{len(words.labels_N):02}_{words.content_hash()[:32]}"
        self._words.pop(name, None)
        self._words[name] = words
        for oldest in list(self._words)[:-MOST_VOICES]:
            self.forget(oldest)
        return name

    def needed_by(self, name: str, job_id: str) -> None:
        """A job is to learn from these words."""
        self._jobs[job_id] = name

    def ended(self, job_id: str) -> None:
        """Forget the words of a job, unless another one is to learn from them."""
        self.forget_unneeded(self._jobs.pop(job_id, ""))

    def forget_unneeded(self, name: str) -> None:
        if name not in [*self._jobs.values()]:
            self.forget(name)

    def forget(self, name: str) -> None:
        self._words.pop(name, None)

    def task(self, name: str) -> Task | None:
        """The task of this name, also once its words are forgotten; None where no voice is called so."""
        found = _NAME.fullmatch(name)
        if found is None or not is_own_voice(name):
            return None
        digest, (valid, test) = found[2], _others()
        return Task(
            name=name,
            title="Spoken digits by one more voice",
            teaches="Some words of one visitor. The test is the six men that networks knew before: it tells what is "
            "forgotten, and only new words tell what is gained.",
            source=SOURCE,
            licence=LICENCE,
            kind=SOUND,
            input=mfcc.INPUT,
            target=TargetSpec(classes=DIGITS),
            counts=SplitCounts(train=int(found[1]), valid=len(valid.labels_N), test=len(test.labels_N)),
            sha256=fingerprint(digest, *_hashes()),
            load=lambda _home, _sink: TaskData(_Words(digest, partial(self._words.get, name)), valid, test),
            dataset=partial(Sounds, views=VIEWS),
            features="without_mean",
            traits=DISTURBED,
            strata=strata,
            default=sound_comparison(name, teacher=KNOWN_VOICES, labels=int(found[1]), updates=150),
            taught_by=frozenset({KNOWN_VOICES}),
            valid_note="Validation is by the six men of before: its curve tells what is forgotten, not what is gained.",
        )


def _refused(expected: str, got: object, hint: str) -> InvalidSetting:
    return InvalidSetting("the words of a voice", expected=expected, got=got, hint=hint)
