"""Tables of robustness scores under corruptions and attacks.

Source of mCE and relative mCE: Hendrycks, Dietterich 2019 (arXiv:1903.12261), section 4.2, with the control in place of
AlexNet.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from distill_core.evaluation.statistics import compare_shared, holm, interval, verdict
from distill_core.lazy_torch import pd
from distill_core.reports.images import right_answers
from distill_core.reports.results import results_table
from distill_core.reports.summary import one_network, summarise
from distill_core.robustness.corruptions import SEVERITIES, corruptions_of
from distill_core.robustness.evaluate import CLEAN, family_of, up_to_date
from distill_core.store import RobustnessScore, Store
from distill_core.tasks import Tasks

MEASURES = ["accuracy", "ece", "nll_nats", "confidence"]
SCORE_COLUMNS = ["run_id", "disturbance", "family", "strength", "images", *MEASURES, "unmoved"]
OWN = ["clean_accuracy", "mean_error", "mce", "relative_mce"]
JUDGED = ["delta_points", "delta_half_width_points", "p_value"]
ERROR_COLUMNS = [
    *["student", "role", "seeds", "images"],
    *(column for name in OWN for column in (name, f"{name}_half_width")),
    *["left_out", *JUDGED, "verdict", "control", "run_ids"],
]
Errors = Mapping[tuple[str, float], float]  # of one run, by disturbance and strength


def robustness_table(store: Store, run_ids: Sequence[str]) -> pd.DataFrame:
    """A row for each run, disturbance, strength and number of images; ``unmoved``: those an attack could not move."""
    rows = [
        {**dataclasses.asdict(score), "family": family_of(score.disturbance)}
        for score in up_to_date(store.robustness_scores(run_ids))
    ]
    return pd.DataFrame(rows, columns=SCORE_COLUMNS)


def corruption_error(store: Store, tasks: Tasks, job_id: str, images: int | None = None) -> pd.DataFrame:
    """A row for each network of a job (teacher, controls, students), over the seeds with scores for all corruptions of
    its task at all severities and for clean examples; ``images``: their number (None: the one that most runs have).

    ``mean_error`` is 1 - accuracy, averaged over the conditions. ``mce``: for each corruption the sum of its errors as
    a share of the control's of the same seed, averaged; ``relative_mce``: the same for the increase over the error on
    clean examples, without the ``left_out`` corruptions that do not increase the control's error for a seed. The
    teacher is compared with the first control.
    ``delta_points``: mean accuracy under corruption minus the control's, in points, with a verdict (paired t, Holm).
    """
    summary, seeds, repeated, names = _students(store, tasks, job_id)
    scores = up_to_date(store.robustness_scores([run for ids in summary["run_ids"] for run in ids]))
    images, errors = _complete((score for score in scores if images in (None, score.images)), names)
    rows = [_row(student, images, errors, repeated) for student in summary.to_dict("records")]
    _add_ratios(rows, errors, seeds)
    _add_verdicts(rows, errors, seeds)
    numbers = [name for name in ERROR_COLUMNS if name in JUDGED or name.startswith(tuple(OWN))]
    return pd.DataFrame(rows, columns=ERROR_COLUMNS).astype(dict.fromkeys(numbers, "float64"))


def _students(
    store: Store, tasks: Tasks, job_id: str
) -> tuple[pd.DataFrame, dict[str, int], frozenset[str], Sequence[str]]:
    """The summary of a job, the seed of each run, the runs of students that are one network with each seed, and the
    corruptions of its task."""
    results = results_table(store, [job_id])
    seeds = dict(zip(results["run_id"], results["seed"].astype(int), strict=True))
    names = [one.name for task in results["task"].unique() for one in corruptions_of(tasks.get(task))]
    return summarise(results, lambda run_id: right_answers(store, run_id)), seeds, one_network(results), names


def _complete(scores: Iterable[RobustnessScore], names: Sequence[str]) -> tuple[int, dict[str, Errors]]:
    """The number of examples for which most runs have every condition (of two the larger), and those runs' errors."""
    by_images: dict[int, dict[str, dict[tuple[str, float], float]]] = {}
    for score in scores:
        cells = by_images.setdefault(score.images, {}).setdefault(score.run_id, {})
        cells[score.disturbance, score.strength] = 1 - score.accuracy
    complete = {(CLEAN, 0.0), *((name, float(severity)) for name in names for severity in SEVERITIES)}
    whole = {
        images: {
            run: {cell: errors[cell] for cell in complete} for run, errors in runs.items() if errors.keys() >= complete
        }
        for images, runs in by_images.items()
        if names
    }
    images = max(whole, key=lambda count: (len(whole[count]), count), default=0)
    return images, dict(whole.get(images, {}))


def _row(
    student: Mapping[Any, Any], images: int, errors: Mapping[str, Errors], repeated: frozenset[str]
) -> dict[str, Any]:
    runs = [run for run in student["run_ids"] if run in errors]
    same = repeated.issuperset(runs)
    return {
        "student": student["student"],
        "role": student["role"],
        "seeds": len(runs),
        "images": images,
        "control": student["control"],
        "run_ids": runs,
        "verdict": "",
        "left_out": 0,
        **_spread("clean_accuracy", [1 - errors[run][CLEAN, 0.0] for run in runs], repeated=same),
        **_spread("mean_error", [_mean_error(errors[run]) for run in runs], repeated=same),
    }


def _add_ratios(rows: Sequence[dict[str, Any]], errors: Mapping[str, Errors], seeds: Mapping[str, int]) -> None:
    controls = {row["student"]: row for row in rows if row["role"] == "control"}
    first = next(iter(controls.values()), None)
    for row in rows:
        control = {"teacher": first, "control": row}.get(row["role"]) or controls.get(row["control"])
        if control is None:
            continue
        pairs = _pairs(row, control, seeds)
        row |= _spread("mce", [_mce(errors[run], errors[baseline]) for run, baseline in pairs])
        unharmed = {
            name for _, baseline in pairs for name in _names(errors[baseline]) if _rise(errors[baseline], name) <= 0
        }
        harmed = [name for _, baseline in pairs[:1] for name in _names(errors[baseline]) if name not in unharmed]
        relative = [_relative_mce(errors[run], errors[baseline], harmed) for run, baseline in pairs if harmed]
        row |= {"left_out": len(unharmed), **_spread("relative_mce", relative)}


def _add_verdicts(rows: Sequence[dict[str, Any]], errors: Mapping[str, Errors], seeds: Mapping[str, int]) -> None:
    right = {row["student"]: {seeds[run]: 1 - _mean_error(errors[run]) for run in row["run_ids"]} for row in rows}
    students = [row for row in rows if row["role"] == "student"]
    differences = [compare_shared(right[row["student"]], right.get(row["control"], {})) for row in students]
    adjusted = holm([None if difference is None else difference.p_value for difference in differences])
    for row, difference, p_value in zip(students, differences, adjusted, strict=True):
        if difference is None:
            continue
        half = difference.half_width
        row |= {
            "delta_points": 100 * difference.mean,
            "delta_half_width_points": None if half is None else 100 * half,
            "p_value": p_value,
            "verdict": verdict(difference, p_value),
        }


def _pairs(row: Mapping[str, Any], control: Mapping[str, Any], seeds: Mapping[str, int]) -> list[tuple[str, str]]:
    """Runs of a network with the control's run of the same seed; of a teacher, with every run of the control."""
    if row["role"] == "teacher":
        return [(run, baseline) for run in row["run_ids"] for baseline in control["run_ids"]]
    by_its_seed = {seeds[run]: run for run in control["run_ids"]}
    return [(run, by_its_seed[seeds[run]]) for run in row["run_ids"] if seeds[run] in by_its_seed]


def _names(errors: Errors) -> list[str]:
    """The corruptions among the conditions of a run, sorted."""
    return sorted({name for name, _ in errors} - {CLEAN})


def _mean_error(errors: Errors) -> float:
    names = _names(errors)
    return sum(_summed(errors, name) for name in names) / (len(names) * len(SEVERITIES))


def _mce(errors: Errors, control: Errors) -> float:
    ratios = [_summed(errors, name) / max(_summed(control, name), 1e-12) for name in _names(errors)]
    return sum(ratios) / len(ratios)


def _relative_mce(errors: Errors, control: Errors, names: Sequence[str]) -> float:
    return sum(_rise(errors, name) / _rise(control, name) for name in names) / len(names)


def _summed(errors: Errors, name: str) -> float:
    return sum(errors[name, float(severity)] for severity in SEVERITIES)


def _rise(errors: Errors, name: str) -> float:
    return _summed(errors, name) - len(SEVERITIES) * errors[CLEAN, 0.0]


def _spread(name: str, values: Sequence[float], *, repeated: bool = False) -> dict[str, Any]:
    """The mean over seeds and its half width, each None where it is not known."""
    estimate = interval(values, repeated=repeated) if values else None
    return {name: estimate.mean if estimate else None, f"{name}_half_width": estimate.half_width if estimate else None}
