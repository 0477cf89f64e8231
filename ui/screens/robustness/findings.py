"""What the trials show, in sentences computed from them: each student beside its control and the teacher."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from distill_core.decimals import fixed
from distill_core.evaluation.statistics import Difference, compare, holm, interval, verdict
from ui.screens.robustness.trials import CLEAN, SEVERITIES, Cell, Trials, by_seed
from ui.text import words

__all__ = ["FEW", "Beside", "against", "attacks", "calibration", "corruptions", "judged", "too_few", "unmoved"]

WORST = SEVERITIES[-1]
SHOWN = ("better", "worse")
NOTHING = "No difference between a student and its control is shown on corrupted images."
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
    """How far everybody falls, and what distilling is shown to have changed.

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
    lines = [_changed(row, known.get(row["student"])) for row in rows if row["verdict"] in SHOWN]
    before, after = by_seed(tested, clean), by_seed(tested, worst)
    falls = f"From clean images to severity {WORST}, on average over the corruptions, {_moves(before, after)}."
    return (falls, *_overtaken(tested, before, after), *(lines or _unshown(rows)))


def _so_far(tested: Trials, every: Sequence[Cell]) -> str:
    there = tested.rows[tested.rows["disturbance"] != CLEAN]
    cells = set(zip(there["disturbance"], there["strength"], strict=True)) & set(every)
    return f"{len(cells)} of {len(every)} conditions are tested so far; sentences and verdicts need all of them."


def _unshown(rows: Sequence[Mapping[Any, Any]]) -> tuple[str, ...]:
    """Nothing is shown of any student: because no difference is, because nobody has seeds enough, or because only the
    teacher is tested, of which there is nothing to say."""
    few = [int(row["seeds"]) for row in rows if row["verdict"] == FEW]
    if any(row["verdict"] == "no difference shown" for row in rows):
        return (NOTHING,)
    return (too_few(max(few)),) if few else ()


def too_few(seeds: int) -> str:
    """Why there is no verdict with one or two seeds."""
    return f"{'One seed shows' if seeds < 2 else 'Two seeds show'} no verdict; three are needed."


def _moves(before: Mapping[str, Mapping[int, float]], after: Mapping[str, Mapping[int, float]]) -> str:
    """What each network had, and what it has."""
    each = []
    for name in (name for name in after if name in before):
        was, other = (interval(list(means[name].values())).mean for means in (before, after))
        verb = "falls" if other < was else "rises" if other > was else "goes"
        each.append(f"{words.plain(name)} {verb} from {_mean(before[name])} to **{_mean(after[name])}**")
    return words.join(each)


def _overtaken(
    tested: Trials, clean: Mapping[str, Mapping[int, float]], worst: Mapping[str, Mapping[int, float]]
) -> tuple[str, ...]:
    """Who is behind the teacher on clean images and ahead of it at the highest severity."""
    teacher = next((name for name in worst if name in clean and tested.roles[name] == "teacher"), None)
    if teacher is None:
        return ()
    ahead = [name for name in worst if name in clean and _leads(worst, name, teacher) and _leads(clean, teacher, name)]
    if not ahead:
        return ()
    them = words.join([words.plain(name) for name in ahead])
    return (
        f"The teacher is ahead of {them} on clean images and **behind at severity {WORST}**: here the more accurate "
        "network is not the more robust one.",
    )


def _leads(means: Mapping[str, Mapping[int, float]], name: str, other: str) -> bool:
    """Whether a network is ahead of another by more than both intervals, where there are seeds enough for them."""
    first, second = (interval(list(means[network].values())) for network in (name, other))
    return first.mean - second.mean > max(AHEAD, (first.half_width or 0) + (second.half_width or 0))


def _changed(row: Mapping[Any, Any], clean: Beside | None) -> str:
    """What a student has against its control on corrupted images, where that is shown; and of its gain on clean ones,
    where both are."""
    half = row["delta_half_width_points"]
    points = words.points(row["delta_points"], None if pd.isna(half) else half)
    text = (
        f"Over all severities **{words.plain(row['student'])}** has **{points} {words.POINTS}** against its control on "
        f"corrupted images ({words.VERDICTS[row['verdict']]})"
    )
    if clean is None or clean.word not in SHOWN:
        return f"{text}."
    text = f"{text}, and {_points(clean.difference)} on clean ones ({words.VERDICTS[clean.word]})"
    if {clean.word, row["verdict"]} != {"better"}:
        return f"{text}."
    return f"{text}: {fixed(row['delta_points'] / clean.difference.mean, 0)} % of its gain is left there."


def attacks(tested: Trials, names: Mapping[str, str], eps: Sequence[float]) -> tuple[str, ...]:
    """What is left of each network at the largest eps that was tried; a student's difference to its control where it
    is shown."""
    asked = {name: [strength for strength in eps if by_seed(tested, [(name, strength)])] for name in names}
    asked = {name: them[-1:] for name, them in asked.items() if them}
    found = against(tested, [[(name, them[0])] for name, them in asked.items()])
    lines = []
    for (name, (most,)), them in zip(asked.items(), found, strict=True):
        means = by_seed(tested, [(name, most)])
        teachers = [f"the teacher {_mean(means[name])}" for name in means if tested.roles[name] == "teacher"]
        controls = dict.fromkeys(tested.controls[row.student] for row in them)
        others = [f"{words.plain(name)} {_mean(means[name])}" for name in controls]
        students = [
            f"{words.plain(row.student)} {_mean(means[row.student])}"
            + (f" ({_points(row.difference)} {words.POINTS}: {words.VERDICTS[row.word]})" if row.word in SHOWN else "")
            for row in them
        ]
        each = words.join([*teachers, *others, *students])
        lines.append(f"**{names[name]}** at eps {most:g}/255 leaves {each}." if each else "")
    return tuple(filter(None, lines))


def unmoved(tested: Trials, names: Mapping[str, str]) -> tuple[str, ...]:
    """Which networks leave an attack without a direction on some images, the most of them at any eps."""
    stuck = tested.rows[tested.rows["disturbance"].isin(names) & (tested.rows["unmoved"] > 0)]
    most = stuck.groupby(["disturbance", "student"], sort=False)[["unmoved", "images"]].max()
    return tuple(
        f"**{names[attack]}** found no direction for {words.plural(int(row.unmoved), 'image')} of {int(row.images):,} "
        f"of **{words.plain(name)}**: the gradient is exactly zero there. What it answers right of them shows no "
        "robustness."
        for (attack, name), row in most.iterrows()
    )


def calibration(tested: Trials, names: Sequence[str]) -> tuple[str, ...]:
    """How honest confidences stay: the error on clean images and at the highest severity, and what is shown there."""
    clean, worst = [(CLEAN, 0)], [(name, WORST) for name in names]
    before, after = by_seed(tested, clean, "ece"), by_seed(tested, worst, "ece")
    if not after or not before:
        return ("Sentences need all corruptions at the highest severity.",)
    lines = [f"From clean images to severity {WORST} the calibration error changes: {_moves(before, after)}."]
    (found,) = against(tested, [worst], "ece")
    lines += [
        f"There the error of **{words.plain(row.student)}** is {_points(row.difference)} {words.POINTS} against that "
        f"of its control: {_honest(row)}."
        for row in found
        if row.word in SHOWN
    ]
    return tuple(lines)


def _honest(row: Beside) -> str:
    # Less error is better, so the words of an accuracy are turned round.
    return "its confidence is less honest" if row.word == "better" else "its confidence is more honest"


def judged(tested: Trials) -> str:
    """How the verdicts were come by."""
    counted = tested.summary.loc[tested.summary["role"] != "teacher", "seeds"]
    if not len(counted) or counted.max() < 3:
        return "A verdict needs three seeds; differences of fewer speak of these networks only"
    return "verdicts are paired t-tests over seeds with Holm's correction for all that is asked at once"


def _mean(seeds: Mapping[int, float]) -> str:
    found = interval(list(seeds.values()))
    return words.percent(found.mean, found.half_width)


def _points(difference: Difference) -> str:
    return words.points(100 * difference.mean, None if difference.half_width is None else 100 * difference.half_width)
