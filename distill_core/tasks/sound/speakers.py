"""Who speaks: six men, told by words that training has not heard from any of them."""

from functools import partial
from pathlib import Path

from distill_core.events import Sink
from distill_core.tasks.base import SplitCounts, TargetSpec, Task, TaskData
from distill_core.tasks.sound import DISTURBED, SOUND, mfcc
from distill_core.tasks.sound.comparison import sound_comparison
from distill_core.tasks.sound.dataset import Sounds, Views
from distill_core.tasks.sound.fsdd import LICENCE, SOURCE, SPEAKERS, spoken_digits


def _load(_home: Path, _sink: Sink) -> TaskData:
    """Digits 0 to 5 in takes 10 to 49, digits 6 and 7 in takes 5 to 24, digits 8 and 9 in takes 0 to 24."""
    recordings = spoken_digits()
    digits_N, takes_N = recordings.digits_N, recordings.takes_N
    train_N = (digits_N <= 5) & (takes_N >= 10)
    valid_N = (digits_N >= 6) & (digits_N <= 7) & (takes_N >= 5) & (takes_N < 25)
    test_N = (digits_N >= 8) & (takes_N < 25)
    return TaskData(*(recordings.part(marks_N, recordings.speakers_N) for marks_N in (train_N, valid_N, test_N)))


ENTRIES = (
    Task(
        name="speakers",
        title="Who speaks",
        teaches="Which of six men says it? No word of the test is heard in training. Each has his own room, microphone "
        "and level: a network may know these rather than the voice.",
        source=SOURCE,
        licence=LICENCE,
        kind=SOUND,
        input=mfcc.INPUT,
        target=TargetSpec(classes=SPEAKERS),
        counts=SplitCounts(train=1_440, valid=240, test=300),
        sha256="8837d331bde1827da41884b1b60d0143305226695e18fb2e1aadf201b87936f3",
        load=_load,
        # The mean is the voice. A warp or another tempo would make another speaker.
        dataset=partial(Sounds, views=Views(shift=4.0, noise=0.1)),
        features="with_mean",
        traits=DISTURBED,
        default=sound_comparison("speakers", labels=30, updates=300),
    ),
)
