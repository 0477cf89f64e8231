"""Summaries of students over their seeds: means, intervals, and the paired verdict against the control."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np

from distill_core.decimals import difference_digits
from distill_core.errors import CorruptFile, NotFound, said
from distill_core.evaluation.pareto import near_pareto_front, pareto_front
from distill_core.evaluation.statistics import (
    Difference,
    Verdict,
    compare_shared,
    direction,
    holm,
    interval,
    mcnemar,
    verdict,
)
from distill_core.lazy_torch import pd
from distill_core.reports.results import RIGHT_POSITIONS, STEPS, TAKEN
from distill_core.reports.texts import table_of

SAME = [
    *["role", "architecture", "width", "stem_stride", "method", "temperature", "alpha", "labels", "transfer"],
    *["missing_class", "taught_by", *STEPS, "file"],
]
MEANS = ["valid_accuracy", "macro_recall", "ece", "nll_nats", "agreement", RIGHT_POSITIONS]
SIZES = ["parameters", "macs", "size_bytes", "onnx_bytes", "zipped_bytes", "p50_ms", "p95_ms", "updates", "test_images"]
# ``verdict`` is text; ``direction`` and ``verdict_seeds`` are the same as data.
COMPARED = ["delta_points", "delta_half_width_points", "p_value", "verdict", "direction", "verdict_seeds"]
DELTAS = ["delta_points", "delta_half_width_points", "p_value", "verdict_seeds"]
SUMMARY_COLUMNS = [
    *["student", *SAME, "seeds", "failed_seeds", "test_accuracy", "test_accuracy_half_width", *COMPARED, *MEANS],
    *["seconds", *SIZES, *TAKEN, "control", "control_accuracy", "run_ids", "metric"],
]
# Decimal places of the differences, see ``same_digits``.
DIGITS = "delta_digits"
JUDGED = ["test_accuracy", "test_accuracy_half_width", *DELTAS]
# Numbers that may be missing: as floats, so that a missing number is NaN.
NUMBERS = [*JUDGED, *MEANS, "seconds", *SIZES, "temperature", "alpha", "labels", "control_accuracy"]
GROUP = ["architecture", "width", "stem_stride", "labels", "missing_class"]
ORDER = {"teacher": 0, "control": 1, "student": 2}
Right = Callable[[str], np.ndarray]
V = TypeVar("V")


def summarise(results: pd.DataFrame, right: Right) -> pd.DataFrame:
    """A row for each student of a job: teacher, controls, students.

    ``metric`` names what ``test_accuracy``, ``control_accuracy`` and ``delta_points`` (in hundredths) are about, as in
    the results. ``delta_digits`` is that of ``same_digits``.

    ``right`` gives the test images that a run classifies correctly, for McNemar's exact test with one seed; where it
    raises NotFound or CorruptFile (see ``unreadable``) there is no p-value. p-values are adjusted by Holm within the
    job.
    """
    # By role too: a student may have its teacher's name.
    rows = [_row(student, group) for (_, student), group in results.groupby(["role", "student"], sort=False)]
    rows.sort(key=lambda row: ORDER[row["role"]])
    controls = {_group(row): row for row in rows if row["role"] == "control"}
    students = [row for row in rows if row["role"] == "student"]
    beside = [controls.get(_group(row), {}) for row in students]
    pairs = [(row["student"], control.get("student")) for row, control in zip(students, beside, strict=True)]
    for row, control, compared in zip(students, beside, _compared(results, pairs, right), strict=True):
        row |= {"control": control.get("student"), "control_accuracy": control.get("test_accuracy"), **compared}
    return same_digits(table_of(rows, SUMMARY_COLUMNS).astype(dict.fromkeys(NUMBERS, "float64")))


def same_digits(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with ``delta_digits``: the most decimal places that one of them needs (``difference_digits``), so that
    their differences stand in a column, and in sentences beside it, with the same."""
    columns = [pd.to_numeric(rows[name]) for name in ("delta_points", "test_accuracy", "control_accuracy")]
    each = zip(*columns, strict=True)
    return rows.assign(**{DIGITS: max((difference_digits(*map(float, row)) for row in each), default=1)})


def against(results: pd.DataFrame, reference: str, right: Right) -> pd.DataFrame:
    """A row for each other student of a job, compared with ``reference`` as ``summarise`` compares with the control;
    p-values are adjusted by Holm among these rows."""
    students = results.loc[results["role"] == "student", "student"].unique()
    pairs = [(student, reference) for student in students if student != reference]
    compared = _compared(results, pairs, right)
    rows = [{"student": student, **difference} for (student, _), difference in zip(pairs, compared, strict=True)]
    return pd.DataFrame(rows, columns=["student", *COMPARED]).astype(dict.fromkeys(DELTAS, "float64"))


def mark_front(summary: pd.DataFrame, cost: str) -> pd.DataFrame:
    """The summary with ``on_front`` (non-dominated on the means) and ``near_pareto_front`` (the interval overlaps
    it)."""
    costs, values = summary[cost].tolist(), summary["test_accuracy"].tolist()
    return summary.assign(
        on_front=list(pareto_front(costs, values)),
        near_front=list(near_pareto_front(costs, values, summary["test_accuracy_half_width"].tolist())),
    )


def _compared(results: pd.DataFrame, pairs: Sequence[tuple[Any, Any]], right: Right) -> Iterator[dict[str, Any]]:
    """The difference and the verdict of each pair of students; empty where they share no finished seed."""
    done = results[(results["role"] != "teacher") & (results["state"] == "finished")]
    groups = dict(iter(done.groupby("student", sort=False)))
    accuracies = {student: by_seed(group) for student, group in groups.items()}
    runs = {student: _runs(group) for student, group in groups.items()}
    same = {student for student, group in groups.items() if _is_one_network(group)}

    def both(of: dict[Any, dict[int, V]], pair: tuple[Any, Any]) -> tuple[dict[int, V], dict[int, V]]:
        mine, beside = (of.get(student, {}) for student in pair)
        if same.issuperset(pair):  # two networks that every seed repeats have one difference
            mine, beside = (dict([*seeds.items()][:1]) for seeds in (mine, beside))
        return mine, beside

    differences = [compare_shared(*both(accuracies, pair)) for pair in pairs]
    raw = [_p_value(difference, *both(runs, pair), right) for pair, difference in zip(pairs, differences, strict=True)]
    for difference, p_value in zip(differences, holm(raw), strict=True):
        yield {} if difference is None else _judged(difference, p_value)


def _row(student: object, group: pd.DataFrame) -> dict[str, Any]:
    finished = group[group["state"] == "finished"]
    first = (finished if len(finished) else group).iloc[0]
    scores, repeated = finished["test_accuracy"].tolist(), _is_one_network(finished)
    estimate = interval(scores, repeated=repeated) if len(finished) else None
    return {
        "student": student,
        **{name: _plain(first[name]) for name in SAME},
        "seeds": len(finished),
        "failed_seeds": len(group) - len(finished),
        "test_accuracy": estimate.mean if estimate else None,
        "test_accuracy_half_width": estimate.half_width if estimate else None,
        "verdict": "" if estimate else said("failed: {why}", first["message"]),
        **{name: _mean(finished[name]) for name in [*MEANS, "seconds"]},
        # A mean: pruned or factorised networks may differ in size between seeds.
        **{name: _mean(finished[name]) for name in SIZES},
        **_taken(finished[finished["p50_ms"].notna()]),
        "run_ids": finished["run_id"].tolist(),
        "metric": first["metric"],
    }


def one_network(results: pd.DataFrame) -> frozenset[str]:
    """The runs of students that are one network with each seed."""
    done = results[results["state"] == "finished"]
    groups = [group for _, group in done.groupby(["role", "student"]) if _is_one_network(group)]
    return frozenset(run for group in groups for run in group["run_id"])


def _is_one_network(finished: pd.DataFrame) -> bool:
    """Whether the seeds of a student are one network: no training since the finished network that it comes from, and no
    step that draws at random. Equal scores of that are no sample, and have no interval."""
    return set(finished["trainings"].tolist()) == {0} and len(set(finished["test_accuracy"].tolist())) == 1


def _taken(timed: pd.DataFrame) -> dict[str, str | None]:
    """The first disturbance among the seeds' measurements, and their round where they share one."""
    disturbances, rounds = timed["disturbed"].tolist(), set(timed["round_id"].tolist())
    known = [_plain(reason) for reason in disturbances]
    first = next(filter(None, known), None)
    return {
        "disturbed": first or ("" if known and None not in known else None),
        "round_id": _plain(rounds.pop()) if len(rounds) == 1 else None,
    }


def _group(row: dict[str, Any]) -> tuple[Any, ...]:
    """Key of a control and its students: networks of one form with as many trainings on one set of labels."""
    return tuple(_plain(row.get(name)) for name in [*GROUP, "form", "trainings", "file"])


def _judged(difference: Difference, p_value: float | None) -> dict[str, Any]:
    half, judgement = difference.half_width, _verdict(difference, p_value)
    return {
        "delta_points": 100 * difference.mean,
        "delta_half_width_points": None if half is None else 100 * half,
        "p_value": p_value,
        "verdict": str(judgement),
        "direction": judgement.direction,
        "verdict_seeds": judgement.seeds,
    }


def _verdict(difference: Difference, p_value: float | None) -> Verdict:
    if difference.seeds == 1 and p_value is not None:
        word = direction(difference.mean, p_value)
    else:
        word = verdict(difference, p_value)
    return Verdict(direction=word, seeds=difference.seeds, p_value=p_value)


def _p_value(
    difference: Difference | None, student: dict[int, str], control: dict[int, str], right: Right
) -> float | None:
    """p of the paired test; with one seed, of McNemar's test over the test images."""
    if difference is None:
        return None
    if difference.seeds > 1:
        return difference.p_value
    (seed,) = student.keys() & control.keys()
    try:
        return mcnemar(right(student[seed]), right(control[seed]))
    except (CorruptFile, NotFound):  # without predictions there is a difference and no verdict
        return None


def by_seed(rows: pd.DataFrame, column: str = "test_accuracy") -> dict[int, float]:
    """Values of a student's runs by seed."""
    return dict(zip(rows["seed"].astype(int).tolist(), rows[column].astype(float).tolist(), strict=True))


def _runs(rows: pd.DataFrame) -> dict[int, str]:
    return dict(zip(rows["seed"].tolist(), rows["run_id"].tolist(), strict=True))


def _mean(column: pd.Series[Any]) -> float | None:
    # Not pandas's mean, which takes ten times as long: a grid needs hundreds.
    values = column.to_numpy(dtype="float64")
    values = values[values == values]
    return float(values.mean()) if len(values) else None


def _plain(value: Any) -> Any:
    return None if not isinstance(value, list | dict) and pd.isna(value) else value
