"""What a finished comparison shows, in sentences computed from its numbers."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from distill_core.reports.results import metric_of
from ui.text import taken, words
from ui.text.alike import alike

__all__ = ["fine_print", "machine", "place", "sentences"]

MOST_STUDENTS = 2
LATENCY = "p50_ms"
COSTS = (
    ("onnx_bytes", words.size, "", "is as large"),
    (LATENCY, words.milliseconds, " an image", "takes as long"),
)


def sentences(summary: pd.DataFrame) -> tuple[str, ...]:
    """Up to three: what labels alone give, what distilling adds, and what the student costs beside its teacher.

    ``summary`` is ``Reports.summary`` of one experiment; what is missing there is left out here. Where rows are left
    out, the column ``asked`` says how many p-values the experiment has.
    """
    done = summary[summary["test_accuracy"].notna()]
    lines = (_control(done), _students(done), _cost(done))
    return tuple(sentence for sentence in lines if sentence)


def _rows(done: pd.DataFrame, role: str) -> list[dict]:
    return done[done["role"] == role].sort_values("test_accuracy", ascending=False).to_dict("records")


def _accuracy(row: dict) -> str:
    return words.percent(row["test_accuracy"], row["test_accuracy_half_width"])


def _control(done: pd.DataFrame) -> str:
    controls = _rows(done, "control")
    if not controls:
        return ""
    row = controls[0]
    labels = words.labels(row["labels"])
    return f"Trained on {labels} alone, without a teacher, the student reaches **{_accuracy(row)}** on test images."


def _students(done: pd.DataFrame) -> str:
    rows = _rows(done, "student")[:MOST_STUDENTS]
    if not rows:
        return ""
    asked = rows[0]["asked"] if "asked" in done else done["p_value"].notna().sum()
    return f"{words.join([_student(row) for row in rows])}.{_of_one_seed(rows, int(asked))}"


def _student(row: dict) -> str:
    reached = f"{words.plain(row['student'])} reaches **{_accuracy(row)}**"
    if pd.isna(row["delta_points"]):
        return reached
    delta = words.delta(row)
    verdict = f": {words.verdict(row)}" if row["verdict_seeds"] != 1 else ""
    return f"{reached} (**{delta} {words.POINTS}**{verdict})"


def _of_one_seed(rows: list[dict], asked: int) -> str:
    # With one seed the p value is McNemar's over the test images.
    p_values = [_p(row["p_value"]) for row in rows if row["verdict_seeds"] == 1 and not pd.isna(row["p_value"])]
    corrected = f", Holm's correction for {words.plural(asked, 'comparison')}" if asked > 1 else ""
    test = f"McNemar's test against the control{corrected}: {words.join(p_values)}"
    return f" One seed speaks of these networks only ({test})." if p_values else ""


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def _cost(done: pd.DataFrame) -> str:
    teachers, students = _rows(done, "teacher"), _rows(done, "student")
    if not (teachers and students):
        return ""
    teacher, student = teachers[0], students[0]
    lines = _beside(student, teacher)
    cost = f"; {words.plain(student['student'])} {words.join(lines)}" if lines else ""
    reached = f"The teacher, which saw {words.labels(teacher['labels'])}, reaches **{_accuracy(teacher)}**{cost}."
    return f"{reached}{_apart(student, teacher)}"


def _beside(student: dict, teacher: dict) -> list[str]:
    """What the student needs less or more of, then what it has as much of as its teacher."""
    known = [cost for cost in COSTS if not (pd.isna(student[cost[0]]) or pd.isna(teacher[cost[0]]))]
    known = [cost for cost in known if cost[0] != LATENCY or taken.together(student, teacher)]
    differs = [
        f"{write(student[name])} instead of {write(teacher[name])}{unit}"
        for name, write, unit, _ in known
        if not alike(student[name], teacher[name])
    ]
    same = [
        f"{called} ({write(student[name])}{unit})"
        for name, write, unit, called in known
        if alike(student[name], teacher[name])
    ]
    return [*([f"needs {words.join(differs)}"] if differs else []), *same]


def _apart(student: dict, teacher: dict) -> str:
    """Latencies that were not taken together are told, and not held against each other."""
    if pd.isna(student[LATENCY]) or pd.isna(teacher[LATENCY]) or not (why := taken.why_not(student, teacher)):
        return ""
    own, other = (taken.milliseconds(row[LATENCY], row.get("disturbed")) for row in (student, teacher))
    return f" Its latency ({own}) and the teacher's ({other}) are not compared: {why}."


def fine_print(summary: pd.DataFrame, results: pd.DataFrame) -> str:
    """The grey line under a result: seeds, which update, test set, device, threads and versions."""
    counted = summary.loc[summary["role"] != "teacher", "seeds"]
    seeds = int(counted.max()) if len(counted) else 0
    spread = "95 % intervals over seeds, without the sampling of the test set" if seeds >= 3 else "no interval"
    parts = [
        f"{words.plural(seeds, 'seed')} ({spread})" if seeds else "no student is finished",
        words.scored("accuracy", metric_of(summary)) + f" on {_test_images(summary)} after the last update",
        "latency at batch 1 on one thread, p50",
        *place(results),
    ]
    return " · ".join(parts)


def _test_images(summary: pd.DataFrame) -> str:
    known = summary["test_images"].dropna() if "test_images" in summary else ()
    return words.plural(int(known.max()), "test image") if len(known) else "the test images"


def place(results: pd.DataFrame) -> list[str]:
    """Where results come from: device, threads and versions; of several CPUs the last, and how many others."""
    known = [entry for entry in results.get("environment", ()) if isinstance(entry, dict) and entry]
    if not known:
        return []
    others = len({entry["cpu"] for entry in known if "cpu" in entry} - {known[-1].get("cpu")})
    return machine(known[-1], others)


def machine(here: Mapping[str, Any], others: int = 0) -> list[str]:
    """A machine by its device, processor, threads and versions; ``others``: the number of further CPUs."""
    parts = [str(here[name]) for name in ("device", "cpu") if name in here]
    parts += [f"and {words.plural(others, 'other CPU')}"] if others else []
    parts += [words.plural(int(here["threads"]), "thread")] if "threads" in here else []
    return parts + [f"{name} {here[name]}" for name in ("torch", "onnxruntime", "python") if name in here]
