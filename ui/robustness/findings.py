"""What the trials show, in sentences computed from them: each student beside its control and the teacher."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from distill_core.evaluation import Difference, compare, holm, interval, verdict
from ui import words
from ui.robustness.trials import CLEAN, SEVERITIES, Cell, Trials, by_seed

__all__ = ["Beside", "against", "attacks", "calibration", "corruptions", "judged"]

WORST = SEVERITIES[-1]


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
    adjusted = iter(holm([one.p_value for found in asked for _, _, one in found]))
    answered = []
    for cells, found in zip(questions, asked, strict=True):
        means = {who: sum(them.values()) / len(them) for who, them in by_seed(tested, cells, column).items()}
        answered.append(
            [
                Beside(
                    student=student,
                    value=means[student],
                    control=means[control],
                    difference=one,
                    word=verdict(one, next(adjusted)),
                )
                for student, control, one in found
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


def corruptions(tested: Trials, names: Mapping[str, str]) -> tuple[str, ...]:
    """``names`` are the titles of the corruptions, by name: how far everybody falls, what distilling changed, and
    where it changed most."""
    every = [(name, severity) for name in names for severity in SEVERITIES]
    clean, worst = [(CLEAN, 0)], [(name, WORST) for name in names]
    if not by_seed(tested, every):
        return (_so_far(tested, every),)
    told = [_falls(by_seed(tested, clean), by_seed(tested, worst), tested)]
    on_clean, on_corrupted = against(tested, [clean, every])
    known = {one.student: one for one in on_clean}
    told += [_changed(known[one.student], one) for one in on_corrupted if one.student in known]
    told += [_most(tested, names)] if on_corrupted and on_clean else []
    return tuple(sentence for sentence in told if sentence)


def _so_far(tested: Trials, every: Sequence[Cell]) -> str:
    there = tested.rows[tested.rows["disturbance"] != CLEAN]
    cells = set(zip(there["disturbance"], there["strength"], strict=True)) & set(every)
    return f"{len(cells)} of {len(every)} cells are tested so far; sentences and verdicts need all of them."


def _falls(clean: Mapping[str, Mapping[int, float]], worst: Mapping[str, Mapping[int, float]], tested: Trials) -> str:
    each = [f"{words.plain(who)} from {_mean(clean[who])} to **{_mean(worst[who])}**" for who in worst if who in clean]
    told = f"From clean images to severity {WORST}, on average over the corruptions, {words.join(each)}."
    return f"{told}{_behind(worst, tested)}"


def _behind(worst: Mapping[str, Mapping[int, float]], tested: Trials) -> str:
    """That the teacher is worse than a control at the highest severity, where it is."""
    means = {who: sum(seeds.values()) / len(seeds) for who, seeds in worst.items()}
    teachers = [mean for who, mean in means.items() if tested.roles[who] == "teacher"]
    controls = [mean for who, mean in means.items() if tested.roles[who] == "control"]
    return (
        " There the teacher itself is behind the control." if teachers and max(teachers) < max(controls or [0]) else ""
    )


def _changed(clean: Beside, corrupted: Beside) -> str:
    there, here = _points(corrupted.difference), _points(clean.difference)
    return (
        f"Over all severities **{words.plain(corrupted.student)}** has **{there} points** against its control on "
        f"corrupted images ({words.VERDICTS[corrupted.word]}), and {here} on clean ones: {_compared(clean, corrupted)}."
    )


def _compared(clean: Beside, corrupted: Beside) -> str:
    """Whether the gain lasts; told of the means alone."""
    before, after = clean.difference.mean, corrupted.difference.mean
    if before <= 0:
        return "there is no gain on clean images that could last" if after <= 0 else "the gain shows on corrupted ones"
    kept = after / before
    if kept <= 0:
        return "nothing of its gain is left there"
    return f"{100 * kept:.0f} % of its gain is left there" if kept < 1 else "its gain is as large there, or larger"


def _most(tested: Trials, names: Mapping[str, str]) -> str:
    """The corruptions on which the best student gains most and least."""
    best = max(_differences(tested, [(CLEAN, 0)], "accuracy"), key=lambda one: one[2].mean)[0]
    gains = {title: _gain(tested, name, best) for name, title in names.items()}
    most, least = max(gains, key=gains.__getitem__), min(gains, key=gains.__getitem__)
    how = "furthest behind" if gains[least] < 0 else "least ahead"
    return (
        f"{words.plain(best)} is furthest ahead of its control under {_low(most)} ({words.points(gains[most])} points) "
        f"and {how} under {_low(least)} ({words.points(gains[least])})."
    )


def _low(title: str) -> str:
    """A title within a sentence."""
    return title if title.isupper() else title[:1].lower() + title[1:]


def _gain(tested: Trials, corruption: str, student: str) -> float:
    """Points of a student over its control, mean over the severities."""
    found = _differences(tested, [(corruption, severity) for severity in SEVERITIES], "accuracy")
    return next(100 * one.mean for name, _, one in found if name == student)


def attacks(tested: Trials, names: Mapping[str, str], eps: Sequence[float]) -> tuple[str, ...]:
    """What is left of each student at the largest eps that everybody has, beside its control."""
    asked = {name: [one for one in eps if by_seed(tested, [(name, one)])] for name in names}
    asked = {name: them[-1:] for name, them in asked.items() if them}
    found = against(tested, [[(name, them[0])] for name, them in asked.items()])
    told = []
    for (name, (most,)), them in zip(asked.items(), found, strict=True):
        everybody = by_seed(tested, [(name, most)])
        teachers = [f"the teacher {_mean(everybody[who])}" for who in everybody if tested.roles[who] == "teacher"]
        controls = dict.fromkeys(tested.controls[one.student] for one in them)
        others = [f"{words.plain(who)} {_mean(everybody[who])}" for who in controls]
        students = [
            f"{words.plain(one.student)} {_mean(everybody[one.student])} ({_points(one.difference)} points: "
            f"{words.VERDICTS[one.word]})"
            for one in them
        ]
        each = words.join([*teachers, *others, *students])
        told.append(f"**{names[name]}** at eps {most:g}/255 leaves {each}." if each else "")
    return tuple(filter(None, told))


def calibration(tested: Trials, names: Sequence[str]) -> tuple[str, ...]:
    """How honest confidences stay: the error on clean images and at the highest severity, and the verdicts there."""
    clean, worst = [(CLEAN, 0)], [(name, WORST) for name in names]
    before, after = by_seed(tested, clean, "ece"), by_seed(tested, worst, "ece")
    if not after or not before:
        return ("Sentences need all corruptions at the highest severity.",)
    each = [
        f"{words.plain(who)} from {_mean(before[who])} to **{_mean(after[who])}**" for who in after if who in before
    ]
    told = [f"From clean images to severity {WORST} the calibration error goes, for {words.join(each)}."]
    (found,) = against(tested, [worst], "ece")
    told += [
        f"There the error of **{words.plain(one.student)}** is {_points(one.difference)} points against that of its "
        f"control: {_honest(one)}."
        for one in found
    ]
    return tuple(told)


def _honest(one: Beside) -> str:
    # Less error is better, so the words of an accuracy are turned round.
    turned = {"better": "its confidence is less honest", "worse": "its confidence is more honest"}
    return turned.get(one.word, words.VERDICTS[one.word])


def judged(tested: Trials) -> str:
    """How the verdicts were come by."""
    seeds = int(tested.summary.loc[tested.summary["role"] != "teacher", "seeds"].max())
    if seeds < 3:
        return "A verdict needs three seeds; differences of fewer speak of these networks only"
    return "verdicts are paired t-tests over seeds with Holm's correction for all that is asked at once"


def _mean(seeds: Mapping[int, float]) -> str:
    found = interval(list(seeds.values()))
    return words.percent(found.mean, found.half_width)


def _points(one: Difference) -> str:
    return words.points(100 * one.mean, None if one.half_width is None else 100 * one.half_width)
