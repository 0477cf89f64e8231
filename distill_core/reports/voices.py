"""What getting used to a new voice brought, over voices: how far voices lie apart is the uncertainty of each figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from distill_core.errors import CorruptFile
from distill_core.evaluation.statistics import Difference, Direction, Interval, compare, holm, interval, verdict
from distill_core.lazy_torch import pd
from distill_core.reports.readable import experiment_of
from distill_core.store import JobSearch, JobState, Store
from distill_core.tasks import TaskCatalog
from distill_core.tasks.sound.fsdd import SPEAKERS
from distill_core.tasks.sound.spoken_digits import voice
from distill_core.templates.new_voice import AS_IT_WAS, FEW_LABELS, NORMS_ANEW, TAUGHT_ANEW, is_adaptation

TEACHER = "teacher"
# A network in the report, by the name of the student; the first is the one that teaches.
WAYS = (TEACHER, AS_IT_WAS, NORMS_ANEW, TAUGHT_ANEW, FEW_LABELS)
COMPARED = (
    *((way, AS_IT_WAS) for way in (NORMS_ANEW, TAUGHT_ANEW, FEW_LABELS)),
    *((way, NORMS_ANEW) for way in (TAUGHT_ANEW, FEW_LABELS)),
)
MOST_JOBS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Gain:
    """The accuracy of a way minus that of another one, voice by voice (``seeds`` counts voices); the direction is that
    of a paired t-test, with Holm's correction for all of the report."""

    difference: Difference
    direction: Direction


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """One of WAYS: its test accuracy (0 to 1) by speaker and over the voices that have all of them, and its gains over
    others by their names."""

    name: str
    by_voice: Mapping[str, float]
    accuracy: Interval
    gains: Mapping[str, Gain]


def newest_adaptations(store: Store, tasks: TaskCatalog) -> dict[str, str]:
    """The newest finished job that got a network used to each voice, by speaker in the order of SPEAKERS."""
    found: dict[str, str] = {}
    search = JobSearch(tasks=tuple(_speakers()))
    for record in store.jobs(limit=MOST_JOBS, search=search, states=[JobState.FINISHED]):
        try:
            experiment = experiment_of(record, tasks)
        except CorruptFile:
            continue
        if is_adaptation(experiment):
            found.setdefault(_speakers()[experiment.task], record.id)
    return {speaker: found[speaker] for speaker in SPEAKERS if speaker in found}


def over_voices(results: pd.DataFrame) -> tuple[Way, ...]:
    """The report of rows of results of one adaptation a voice, with the mean over seeds of each way; none without a
    voice that has all ways."""
    named = results.assign(
        way=results["student"].where(results["role"] != TEACHER, TEACHER), speaker=results["task"].map(_speakers())
    )
    done = named[named["way"].isin(WAYS) & named["test_accuracy"].notna()]
    table = done.groupby(["speaker", "way"])["test_accuracy"].mean().unstack("way").reindex(columns=list(WAYS)).dropna()
    if table.empty:
        return ()
    by_place = {way: dict(enumerate(table[way].tolist())) for way in WAYS}
    differences = [compare(by_place[way], by_place[other]) for way, other in COMPARED]
    adjusted = holm([difference.p_value for difference in differences])
    gains: dict[str, dict[str, Gain]] = {way: {} for way in WAYS}
    for (way, other), difference, p in zip(COMPARED, differences, adjusted, strict=True):
        gains[way][other] = Gain(difference=difference, direction=verdict(difference, p))
    return tuple(
        Way(
            name=way,
            by_voice={str(speaker): float(share) for speaker, share in table[way].items()},
            accuracy=interval(table[way].tolist()),
            gains=gains[way],
        )
        for way in WAYS
    )


def _speakers() -> dict[str, str]:
    return {voice(speaker): speaker for speaker in SPEAKERS}
