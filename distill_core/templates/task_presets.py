"""The experiments that teach something, for a task that begins with a comparison of its own, and curves along which the
number of labels or the width changes. Planning adds the controls."""

from collections.abc import Mapping, Sequence
from typing import Any

from distill_core.networks import ARCHITECTURES
from distill_core.spec import Experiment, TeacherChoice
from distill_core.tasks import Task
from distill_core.templates.grid import FEWEST_POINTS, LABEL_COUNTS, SEEDS
from distill_core.templates.presets import PRESETS, Preset, first_experiment

IMAGES = {preset.name: preset for preset in PRESETS}


def task_presets(task: Task, teacher: TeacherChoice) -> tuple[Preset, ...]:
    """The ready experiments of a task, its default first; a class is left out only where an example has one label."""
    first = first_experiment(task, teacher)
    presets = (
        _preset("default", first, teaches="The comparison that this task begins with."),
        _preset(
            "few_labels",
            _few(task, first),
            teaches="A quarter of the labels: soft targets, or label smoothing, which needs no teacher.",
        ),
        _preset("hot_and_cold", _temperatures(first), teaches=IMAGES["hot_and_cold"].teaches),
        _preset(
            "many_labels",
            _many(task, first),
            teaches="When distillation does not help: with half of all labels and half the usual budget, is there a "
            "gain at all?",
        ),
        _preset(
            "missing_class",
            _missing(task, first),
            teaches="One class never comes before the student. Do the teacher's answers to others tell of it?",
        ),
    )
    return presets[:-1] if task.target.positions or task.turns else presets


def task_label_curve(task: Task, teacher: TeacherChoice) -> Experiment:
    """KD on the labelled examples and on all of them, with more and more labels: at least one a class."""
    first = first_experiment(task, teacher)
    counts = [count for count in LABEL_COUNTS if count is None or len(task.classes) <= count < task.counts.train]
    rows = [
        {"name": f"{student.name}, {count or 'all'} labels", "labels": count, "transfer": student.transfer}
        for count in counts
        for student in first.students
        # With every label the two are one.
        if count is not None or student.transfer == "labelled"
    ]
    return _with(first, rows, seeds=SEEDS)


def task_width_curve(task: Task, teacher: TeacherChoice) -> Experiment | None:
    """KD on all examples into every width of the network that a task begins with; None where they make no curve."""
    first = first_experiment(task, teacher)
    widths = ARCHITECTURES.get(first.students[0].architecture).widths
    rows = [{"name": f"KD, width {width:g}", "width": width, "transfer": "all"} for width in widths]
    return _with(first, rows, seeds=SEEDS) if len(rows) >= FEWEST_POINTS else None


def _preset(name: str, experiment: Experiment, *, teaches: str) -> Preset:
    """``name``: that of the preset of images which asks the same."""
    return Preset(name=name, title=IMAGES[name].title, teaches=teaches, experiment=experiment)


def _few(task: Task, first: Experiment) -> Experiment:
    rows = [student.model_dump(include={"name", "transfer"}) for student in first.students]
    smoothed = {"name": "label smoothing", "method": "label_smoothing", "transfer": "labelled"}
    labels = max(len(task.classes), (first.students[0].labels or task.counts.train) // 4)
    return _with(first, [*rows, {**smoothed, "temperature": None, "alpha": None}], labels=labels)


def _temperatures(first: Experiment) -> Experiment:
    return _with(first, [{"name": f"T {T:g}", "temperature": T, "transfer": "all"} for T in (0.5, 1, 4, 20, 50)])


def _many(task: Task, first: Experiment) -> Experiment:
    budget = first.budget.model_copy(update={"updates": first.budget.updates // 2})
    rows = [student.model_dump(include={"name", "transfer"}) for student in first.students]
    return _with(first.model_copy(update={"budget": budget}), rows, labels=task.counts.train // 2)


def _missing(task: Task, first: Experiment) -> Experiment:
    rows = [{"name": f"T {T:g}", "temperature": T, "transfer": "all"} for T in (1, 2, 4, 8)]
    rows.append({"name": "T 4, same examples", "temperature": 4, "transfer": "labelled"})
    # Soft targets alone, so that only the teacher tells of the class that is missing.
    return _with(first, rows, missing_class=task.classes[-1], alpha=1.0)


def _with(first: Experiment, rows: Sequence[Mapping[str, Any]], *, seeds: int = 1, **shared: Any) -> Experiment:
    """The experiment with the first student once a row, with what the row and ``shared`` say."""
    plain = {**first.students[0].model_dump(), "seeds": list(range(seeds)), **shared}
    return Experiment.of({**first.model_dump(), "students": [{**plain, **row} for row in rows]})
