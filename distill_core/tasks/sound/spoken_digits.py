"""Which digit is spoken: by voices that training has heard, and by one that it has not."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from distill_core.events import Sink
from distill_core.tasks.base import Dataset, Group, SplitCounts, TargetSpec, Task, TaskData
from distill_core.tasks.sound import DISTURBED, SOUND, mfcc
from distill_core.tasks.sound.comparison import sound_comparison
from distill_core.tasks.sound.dataset import Sounds, Views
from distill_core.tasks.sound.fsdd import DIGITS, LICENCE, NAME, SOURCE, SPEAKERS, SpokenDigits, spoken_digits

VIEWS = Views(stretch=(0.8, 1.25), shift=4.0, tracts=0.7, gap_frames=5, gap_coefficients=2, noise=0.1)
# The parts of each task, as marks over all recordings.
Parts = Callable[[SpokenDigits], tuple[np.ndarray, np.ndarray, np.ndarray]]


def known_voices(all_N: SpokenDigits) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Takes 10 to 49, 5 to 9, and 0 to 4, which is the official test set."""
    takes_N = all_N.takes_N
    return takes_N >= 10, (takes_N >= 5) & (takes_N < 10), takes_N < 5


def _new_voice(speaker: int, all_N: SpokenDigits) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Test: all takes of a speaker; validation: of the next one in the alphabet; training: of the other four."""
    test_N = all_N.speakers_N == speaker
    valid_N = all_N.speakers_N == (speaker + 1) % len(SPEAKERS)
    return ~(test_N | valid_N), valid_N, test_N


def _voice(speaker: int, all_N: SpokenDigits) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Takes 15 to 49 of one speaker, and takes 0 to 14 for the test; for validation these takes of the next speaker."""
    voice_N, early_N = all_N.speakers_N == speaker, all_N.takes_N < 15
    return voice_N & ~early_N, (all_N.speakers_N == (speaker + 1) % len(SPEAKERS)) & early_N, voice_N & early_N


def _load(parts: Parts, _home: Path, _sink: Sink) -> TaskData:
    recordings = spoken_digits()
    return TaskData(*(recordings.part(marks_N, recordings.digits_N) for marks_N in parts(recordings)))


def strata(dataset: Dataset) -> np.ndarray:
    """Speaker by speaker its ten digits: labels are shared out among voices, and of few each digit has its share."""
    part = dataset.part  # type: ignore[attr-defined]
    return np.asarray(part.speakers_N * len(DIGITS) + part.labels_N)


def _task(parts: Parts, *, name: str, teacher: str = "", labels: int = 120, **described: Any) -> Task:
    return Task(
        name=name,
        source=SOURCE,
        licence=LICENCE,
        kind=SOUND,
        input=mfcc.INPUT,
        target=TargetSpec(classes=DIGITS),
        sha256=SHA256[name],
        load=partial(_load, parts),
        dataset=partial(Sounds, views=VIEWS),
        features="without_mean",
        traits=DISTURBED,
        strata=strata,
        default=sound_comparison(name, teacher=teacher, labels=labels, updates=400),
        **described,
    )


def new_voice(speaker: str) -> str:
    """The name of the task whose test is a voice that its training has not heard."""
    return f"spoken_digits_new_voice_{speaker}"


def voice(speaker: str) -> str:
    """The name of the task of one voice, to which a network of ``new_voice`` may get used."""
    return f"spoken_digits_of_{speaker}"


NEW_VOICE = Group(title="Spoken digits, a new voice", what="Voice")
ONE_VOICE = Group(title="Spoken digits by one voice", what="Voice")
NEW_VOICE_TITLES = {
    "george": "Spoken digits, new voice: George",
    "jackson": "Spoken digits, new voice: Jackson",
    "lucas": "Spoken digits, new voice: Lucas",
    "nicolas": "Spoken digits, new voice: Nicolas",
    "theo": "Spoken digits, new voice: Theo",
    "yweweler": "Spoken digits, new voice: Yweweler",
}
VOICE_TITLES = {
    "george": "Spoken digits by George alone",
    "jackson": "Spoken digits by Jackson alone",
    "lucas": "Spoken digits by Lucas alone",
    "nicolas": "Spoken digits by Nicolas alone",
    "theo": "Spoken digits by Theo alone",
    "yweweler": "Spoken digits by Yweweler alone",
}
SHA256 = {
    "spoken_digits": "bb4d8a147e2da3f7b0e1440bf933ac55c1f8a74c506507a873d8e2420e04722b",
    "spoken_digits_new_voice_george": "230881b3a8813c38717a6a42c1d589aa48da3a5a77c2b9f01ae9c4d020521b3c",
    "spoken_digits_new_voice_jackson": "ae5f477c64a14be5dd324b2a8b16350e56ab540ba75458cf469d3f08cd1b9417",
    "spoken_digits_new_voice_lucas": "29d69dc91fb595c1428fe253e4b9f4b5b10496fbb2f93fec71f7d01c7edb5a38",
    "spoken_digits_new_voice_nicolas": "59d930c11c4425280a24ee11414bfa93503a149cd7010237c5103a0dd9f3a696",
    "spoken_digits_new_voice_theo": "c6391a0a47e0a60f66fd9b18e6c02a99af0127a1a4174d23a6c8e52bee112c85",
    "spoken_digits_new_voice_yweweler": "f61046da2b1f643ff5eb26093b1d5bfb09c876eb04b1ffdd09a73d66066ff264",
    "spoken_digits_of_george": "264fb0622ee0b9d91b0db570a3e6f5df8bf206e752d774c5d53b7a270da762d5",
    "spoken_digits_of_jackson": "8d0c320c7e6e581b9c7f056e3d268453b84086ea994d779b18ef3ab41ee94b3c",
    "spoken_digits_of_lucas": "0103ac4acd7511ccfe2b5b6593b760c080c4d13a937f6f5264ee53e690d42eaa",
    "spoken_digits_of_nicolas": "ea9c1d37cca9b272351c11efbcae059fa8a0f2d8f41bddb485445596bccfe5f7",
    "spoken_digits_of_theo": "33ef05efde7126fc1141a918ddfd807a396aa532e4dacd401feda3b76f5262e8",
    "spoken_digits_of_yweweler": "3cb4a5914a861ba8b1cc97953d259342810eafbe11dbeef6ada4dd9aef77f0ef",
}
ENTRIES = (
    _task(
        known_voices,
        name=NAME,
        title="Spoken digits",
        teaches="A word of half a second as 13 coefficients of 40 frames, by six men who are all heard in training.",
        counts=SplitCounts(train=2_400, valid=300, test=300),
    ),
    *(
        _task(
            partial(_new_voice, place),
            name=new_voice(speaker),
            title=NEW_VOICE_TITLES[speaker],
            group=NEW_VOICE,
            member=speaker.capitalize(),
            teaches="Digits by one man, whose voice is not heard in training: what a teacher learnt of four others is "
            "not all true of him.",
            counts=SplitCounts(train=2_000, valid=500, test=500),
            valid_note="Validation is the voice of another man, who is neither in training nor in the test.",
        )
        for place, speaker in enumerate(SPEAKERS)
    ),
    *(
        _task(
            partial(_voice, place),
            name=voice(speaker),
            title=VOICE_TITLES[speaker],
            group=ONE_VOICE,
            member=speaker.capitalize(),
            teaches="350 recordings by one man: a network that never heard him may get used to his voice, without a "
            "label or with few.",
            counts=SplitCounts(train=350, valid=150, test=150),
            valid_note="Validation is the voice of another man: its curve tells what is forgotten, not what is gained.",
            teacher=new_voice(speaker),
            taught_by=frozenset({new_voice(speaker)}),
            labels=20,
        )
        for place, speaker in enumerate(SPEAKERS)
    ),
)
