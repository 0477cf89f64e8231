"""What the trials show: each student beside its control and the teacher, as facts and as their sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from distill_core.evaluation.statistics import Difference, compare, holm, interval, verdict
from distill_core.tasks.base import Kind
from ui.findings.facts import Estimate, Fact, Gap
from ui.findings.robustness import (
    Attacked,
    Confidence,
    Left,
    MissingSeverity,
    Move,
    Moves,
    NoDifference,
    OnCorrupted,
    Overtaken,
    Paired,
    SoFar,
    TooFewSeeds,
    Unmoved,
)
from ui.findings.sentences import say
from ui.screens.robustness.trials import CLEAN, SEVERITIES, Cell, Trials, by_seed

__all__ = [
    *("FEW", "Beside", "against", "attacks", "calibration", "corruptions", "judged", "mean"),
    *("of_attacks", "of_calibration", "of_corruptions", "unmoved"),
]

WORST = SEVERITIES[-1]
SHOWN = ("better", "worse")
FEW = "too few seeds"
AHEAD = 0.01  # a smaller difference between two networks is not worth a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A student's mean over some cells beside its control's; ``word`` is the verdict after Holm's correction."""

    student: str
    value: float
    control: float
    difference: Difference
    word: str


def against(tested: Trials, questions: Sequence[Sequence[Cell]], column: str = "accuracy") -> list[list[Beside]]:
    """For each question, a list of cells, every student beside its control; Holm over all questions together."""
    asked = [_differences(tested, cells, column) for cells in questions]
    adjusted = iter(holm([difference.p_value for found in asked for _, _, difference in found]))
    answered = []
    for cells, found in zip(questions, asked, strict=True):
        means = {name: sum(them.values()) / len(them) for name, them in by_seed(tested, cells, column).items()}
        answered.append(
            [
                Beside(
                    student=student,
                    value=means[student],
                    control=means[control],
                    difference=difference,
                    word=verdict(difference, next(adjusted)),
                )
                for student, control, difference in found
            ]
        )
    return answered


def _differences(tested: Trials, cells: Sequence[Cell], column: str) -> list[tuple[str, str, Difference]]:
    found = by_seed(tested, cells, column)
    controls = tested.controls
    return [
        (student, controls[student], compare(seeds, found[controls[student]]))
        for student, seeds in found.items()
        if controls.get(student) in found and seeds.keys() & found[controls[student]].keys()
    ]


def corruptions(tested: Trials, names: Mapping[str, str], errors: pd.DataFrame) -> tuple[str, ...]:
    """The sentences of ``of_corruptions``."""
    return tuple(say(fact) for fact in of_corruptions(tested, names, errors))


def of_corruptions(tested: Trials, names: Mapping[str, str], errors: pd.DataFrame) -> tuple[Fact, ...]:
    """How far each network falls, and what distilling is shown to have changed.

    ``names`` are the titles of the corruptions, by name; ``errors`` is the lab's ``corruption_error``: a difference has
    one verdict.
    """
    every = [(name, severity) for name in names for severity in SEVERITIES]
    clean, worst = [(CLEAN, 0)], [(name, WORST) for name in names]
    if not by_seed(tested, every):
        return (_so_far(tested, every),)
    (on_clean,) = against(tested, [clean])
    known = {row.student: row for row in on_clean}
    rows = errors[errors["student"].isin(tested.looks)].to_dict("records")
    changed = tuple(_changed(tested.kind, row, known.get(row["student"])) for row in rows if row["verdict"] in SHOWN)
    before, after = by_seed(tested, clean), by_seed(tested, worst)
    return (
        Moves(
            kind=tested.kind, measure="score", metric=tested.metric, severity=WORST, moves=_moves(tested, before, after)
        ),
        *_overtaken(tested, before, after),
        *(changed or _unshown(tested.kind, rows)),
    )


def _so_far(tested: Trials, every: Sequence[Cell]) -> SoFar:
    there = tested.rows[tested.rows["disturbance"] != CLEAN]
    cells = set(zip(there["disturbance"], there["strength"], strict=True)) & set(every)
    return SoFar(tested=len(cells), conditions=len(every))


def _unshown(kind: Kind, rows: Sequence[Mapping[Any, Any]]) -> tuple[Fact, ...]:
    """Nothing is shown of any student: because no difference is, because none has seeds enough, or because only the
    teacher is tested, of which there is nothing to say."""
    few = [int(row["seeds"]) for row in rows if row["verdict"] == FEW]
    if any(row["verdict"] == "no difference shown" for row in rows):
        return (NoDifference(kind=kind),)
    return (TooFewSeeds(seeds=max(few)),) if few else ()


def _moves(
    tested: Trials, before: Mapping[str, Mapping[int, float]], after: Mapping[str, Mapping[int, float]]
) -> tuple[Move, ...]:
    """What each network had, and what it has."""
    had, has = (_estimates(tested, found) for found in (before, after))
    return tuple(Move(name=name, before=had[name], after=has[name]) for name in has if name in had)


def _overtaken(
    tested: Trials, clean: Mapping[str, Mapping[int, float]], worst: Mapping[str, Mapping[int, float]]
) -> tuple[Overtaken, ...]:
    """Who is behind the teacher on clean examples and ahead of it at the highest severity."""
    teacher = next((name for name in worst if name in clean and tested.roles[name] == "teacher"), None)
    if teacher is None:
        return ()
    ahead = [name for name in worst if name in clean and _leads(worst, name, teacher) and _leads(clean, teacher, name)]
    return (Overtaken(kind=tested.kind, names=tuple(ahead), severity=WORST),) if ahead else ()


def _leads(means: Mapping[str, Mapping[int, float]], name: str, other: str) -> bool:
    """Whether a network is ahead of another by more than both intervals, where there are seeds enough for them."""
    first, second = mean(means[name]), mean(means[other])
    return first.mean - second.mean > max(AHEAD, (first.half_width or 0) + (second.half_width or 0))


def _changed(kind: Kind, row: Mapping[Any, Any], clean: Beside | None) -> OnCorrupted:
    """What a student has against its control on corrupted examples, where that is shown; and of its gain on clean ones,
    where both are."""
    points, shown = row["delta_points"], clean is not None and clean.word in SHOWN
    both = clean is not None and {clean.word, row["verdict"]} == {"better"}
    return OnCorrupted(
        kind=kind,
        student=row["student"],
        gap=Gap(points=Estimate.of(points, row["delta_half_width_points"]), verdict=row["verdict"]),
        clean=Gap.between(clean.difference, clean.word) if clean and shown else None,
        left=points / clean.difference.mean if clean and both else None,
    )


def attacks(tested: Trials, names: Mapping[str, str], eps: Sequence[float]) -> tuple[str, ...]:
    """The sentences of ``of_attacks``."""
    return tuple(say(fact) for fact in of_attacks(tested, names, eps))


def of_attacks(tested: Trials, names: Mapping[str, str], eps: Sequence[float]) -> tuple[Attacked, ...]:
    """What is left of each network at the largest eps that was tried; a student's difference to its control where it
    is shown."""
    asked = {name: [strength for strength in eps if by_seed(tested, [(name, strength)])] for name in names}
    asked = {name: them[-1:] for name, them in asked.items() if them}
    found = against(tested, [[(name, them[0])] for name, them in asked.items()])
    facts = []
    for (name, (most,)), rows in zip(asked.items(), found, strict=True):
        means = _estimates(tested, by_seed(tested, [(name, most)]))
        teachers = [network for network in means if tested.roles[network] == "teacher"]
        controls = dict.fromkeys(tested.controls[row.student] for row in rows)
        left = (
            *(Left(name=network, accuracy=means[network], is_teacher=True) for network in teachers),
            *(Left(name=network, accuracy=means[network]) for network in controls),
            *(Left(name=row.student, accuracy=means[row.student], gap=_shown(row)) for row in rows),
        )
        facts.append(Attacked(kind=tested.kind, attack=names[name], eps=most, left=left))
    return tuple(fact for fact in facts if fact.left)


def _shown(row: Beside) -> Gap | None:
    return Gap.between(row.difference, row.word) if row.word in SHOWN else None


def unmoved(tested: Trials, names: Mapping[str, str]) -> tuple[str, ...]:
    """Which networks leave an attack without a direction on some examples, the most of them at any eps."""
    stuck = tested.rows[tested.rows["disturbance"].isin(names) & (tested.rows["unmoved"] > 0)]
    most = stuck.groupby(["disturbance", "student"], sort=False)[["unmoved", "images"]].max()
    return tuple(
        say(
            Unmoved(
                kind=tested.kind,
                attack=names[attack],
                network=name,
                unmoved=int(row.unmoved),
                images=int(row.images),
            )
        )
        for (attack, name), row in most.iterrows()
    )


def calibration(tested: Trials, names: Sequence[str]) -> tuple[str, ...]:
    """The sentences of ``of_calibration``."""
    return tuple(say(fact) for fact in of_calibration(tested, names))


def of_calibration(tested: Trials, names: Sequence[str]) -> tuple[Fact, ...]:
    """How honest confidences stay: the error on clean examples and at the highest severity, and what is shown there."""
    clean, worst = [(CLEAN, 0)], [(name, WORST) for name in names]
    before, after = by_seed(tested, clean, "ece"), by_seed(tested, worst, "ece")
    if not after or not before:
        return (MissingSeverity(),)
    (found,) = against(tested, [worst], "ece")
    return (
        Moves(kind=tested.kind, measure="ece", severity=WORST, moves=_moves(tested, before, after)),
        # The words of an accuracy are left out: less error is better.
        *(Confidence(student=row.student, gap=Gap.between(row.difference)) for row in found if row.word in SHOWN),
    )


def judged(tested: Trials) -> str:
    """How the verdicts were come by."""
    counted = tested.summary.loc[tested.summary["role"] != "teacher", "seeds"]
    return say(Paired(enough=bool(len(counted)) and counted.max() >= 3))


def _estimates(tested: Trials, found: Mapping[str, Mapping[int, float]]) -> dict[str, Estimate]:
    return {name: mean(seeds, repeated=name in tested.repeated) for name, seeds in found.items()}


def mean(seeds: Mapping[int, float], *, repeated: bool = False) -> Estimate:
    """The mean over seeds with its interval; ``repeated``: of one network, which each seed repeats."""
    found = interval([*seeds.values()], repeated=repeated)
    return Estimate(mean=found.mean, half_width=found.half_width)
