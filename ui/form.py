"""The form of the Train page as data: values by widget key on one side, a specification on the other.

Keys are short because they stand in the page's address. No widget is drawn here.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from distill_core.errors import InvalidSetting, explain
from distill_core.experiment import Experiment, Student
from distill_core.lab import Lab
from distill_core.methods import METHODS, Method, Settings, settle_added

__all__ = [
    "ALL",
    "MOST_STUDENTS",
    "NOTHING",
    "TEACHER",
    "address",
    "defaults",
    "fellow",
    "lost",
    "on_top",
    "read",
    "row_key",
    "row_values",
    "rows",
    "values",
]

ALL = "all"
NOTHING = "nothing"
TEACHER = "the teacher"
MOST_STUDENTS = 12
_BUDGET = {"updates": "updates", "batch": "batch_size"}
_OPTIMISER = {"lr": "learning_rate", "decay": "weight_decay", "momentum": "momentum", "warmup": "warmup_fraction"}
_PLAIN = {"views": "views", "mode": "mode", "data_seed": "data_seed", "precision": "precision"}
_ROW = {"name": "name", "net": "architecture", "width": "width", "stem": "stem_stride", "method": "method"}


def row_key(row: int, field: str) -> str:
    """The key of one widget of one student, counted from 0."""
    return f"s{row}_{field}"


def fellow(row: int) -> str:
    """How a row of the form, counted from 0, calls another one that teaches it: by its place, since names change."""
    return f"student {row + 1}"


def defaults(lab: Lab) -> dict[str, Any]:
    """What every widget shows at first: the default comparison. The address holds what differs from this."""
    experiment = lab.default_experiment()
    first, known = experiment.students[0], len(experiment.students)
    more = (first.model_copy(update={"name": f"Student {row + 1}"}) for row in range(known, MOST_STUDENTS))
    full = experiment.model_copy(update={"students": (*experiment.students, *more)})
    any_teacher = next((option.key for option in lab.teachers(experiment.task)), None)
    return {"teacher": any_teacher, **values(lab, full), "students": known}


def address(state: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """What the address of a form holds: values that are not the default, of the students that are there."""
    there = tuple(row_key(row, "") for row in range(int(state["students"])))
    rows = tuple(row_key(row, "") for row in range(MOST_STUDENTS))
    return {
        key: value
        for key, value in state.items()
        if value != defaults.get(key) and (key.startswith(there) or not key.startswith(rows))
    }


def values(lab: Lab, experiment: Experiment) -> dict[str, Any]:
    """What every widget shows for a specification. A teacher that is not on offer is left out."""
    students = [student for student in experiment.students if student.role == "student"][:MOST_STUDENTS]
    found: dict[str, Any] = {"task": experiment.task, "students": len(students)}
    offered = [option.key for option in lab.teachers(experiment.task) if option.choice == experiment.teacher]
    if offered:
        found["teacher"] = offered[0]
    found |= {key: getattr(experiment.budget, field) for key, field in _BUDGET.items()}
    found |= {key: getattr(experiment.optimiser, field) for key, field in _OPTIMISER.items()}
    found |= {key: getattr(experiment, field) for key, field in _PLAIN.items()}
    for row, student in enumerate(students):
        found |= row_values(lab, row, student, [one.name for one in students])
    return found


def row_values(lab: Lab, row: int, student: Student | Mapping[str, Any], names: Sequence[str] = ()) -> dict[str, Any]:
    """What the widgets of one row show for a student, given as such or as plain JSON; ``names`` are those of all rows.
    Whom somebody teaches who is not among them, the teacher teaches."""
    if not isinstance(student, Student):
        student = Student.model_validate(student)
    found = _row(lab, student)
    found["by"] = fellow(names.index(student.taught_by)) if student.taught_by in names else TEACHER
    return {row_key(row, field): value for field, value in found.items()}


def _row(lab: Lab, student: Student) -> dict[str, Any]:
    method = next((entry for entry in lab.methods() if entry.name == student.method), None)
    found = {key: getattr(student, field) for key, field in _ROW.items()}
    found |= {
        "labels": ALL if student.labels is None else str(student.labels),
        "sees": student.transfer,
        "never": student.missing_class or NOTHING,
        "seeds": len(student.seeds),
        "std": student.standardize,
        "plus": student.also[0].method if student.also else NOTHING,
        "plus_weight": student.also[0].weight if student.also else 1.0,
        "T": student.temperature or (method and method.temperature),
        "alpha": (method and method.alpha) if student.alpha is None else student.alpha,
    }
    found |= {
        f"p_{name}": value for name, value in {**(method.parameters if method else {}), **student.parameters}.items()
    }
    return {key: value for key, value in found.items() if value is not None}


def read(lab: Lab, state: Mapping[str, Any]) -> Experiment:
    """The specification that a complete form means. Raises InvalidSetting with every value that cannot be used."""
    teachers = {option.key: option.choice for option in lab.teachers(state["task"])}
    chosen = state.get("teacher")
    if chosen not in teachers:
        raise InvalidSetting(explain("teacher", wanted=" or ".join(teachers), came=chosen, do="choose one of these"))
    plain = {
        "task": state["task"],
        "teacher": teachers[chosen].model_dump(mode="json"),
        "students": rows(lab, state),
        "budget": {field: state[key] for key, field in _BUDGET.items()},
        "optimiser": {field: state[key] for key, field in _OPTIMISER.items()},
        **{field: state[key] for key, field in _PLAIN.items()},
    }
    return Experiment.from_json(json.dumps(plain))


def rows(lab: Lab, state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The students of a form, each as plain JSON; only what its method uses is in it."""
    count = min(max(int(state["students"]), 1), MOST_STUDENTS)
    names = {fellow(row): state.get(row_key(row, "name")) for row in range(count)}
    return [
        _student(lab, {field: state.get(row_key(row, field)) for field in _fields(state, row)}, names)
        for row in range(count)
    ]


def _fields(state: Mapping[str, Any], row: int) -> list[str]:
    start = row_key(row, "")
    return [key.removeprefix(start) for key in state if key.startswith(start)]


def _student(lab: Lab, row: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    method = next((entry for entry in lab.methods() if entry.name == row["method"]), None)
    plain = {field: row[key] for key, field in _ROW.items()}
    plain |= {"labels": _labels(row["labels"]), "seeds": list(range(int(row["seeds"])))}
    if row.get("never", NOTHING) != NOTHING:
        plain["missing_class"] = row["never"]
    if method is None:
        return plain
    plus = on_top(method, row.get("plus"))
    if method.uses_teacher or method.mutual or plus:
        plain["transfer"] = row["sees"]
    if method.uses_teacher or plus:
        by = row.get("by") or TEACHER
        # A row that is not there is refused by the specification, with what was asked for.
        plain |= {} if by == TEACHER else {"taught_by": names.get(by, by)}
    if method.standardizes:
        plain["standardize"] = bool(row.get("std"))
    if plus:
        plain["also"] = [{"method": plus, "weight": row.get("plus_weight", 1.0)}]
    if method.temperature is not None:
        plain["temperature"] = row.get("T", method.temperature)
    if method.alpha is not None:
        plain["alpha"] = row.get("alpha", method.alpha)
    plain["parameters"] = {name: row.get(f"p_{name}", value) for name, value in method.parameters.items()}
    return plain


def on_top(method: Method, plus: str | None) -> str | None:
    """The method on top of a student's own, as the form's value ``plus`` says it, where there can be one."""
    return None if method.alone or plus == NOTHING else plus


def _labels(text: str) -> int | None:
    if str(text) == ALL:
        return None
    try:
        return int(text)
    except ValueError:
        raise InvalidSetting(explain("labels", wanted="a whole number or all", came=text, do="type a number")) from None


def lost(wanted: Experiment, shown: Experiment) -> tuple[str, ...]:
    """The parts of a complete specification that the form could not take over, by name."""
    before, after = wanted.model_dump(mode="json"), shown.model_dump(mode="json")
    found = [name for name in before if name != "students" and before[name] != after[name]]
    kept = {student.name: student for student in shown.students}
    for student in wanted.students:
        if student.role == "control":
            continue
        other = kept.get(student.name)
        if other is None:
            found.append(student.name)
            continue
        found += [f"{student.name}: seeds"] if student.seeds != other.seeds else []
        found += [f"{student.name}: methods on top"] if _on_top(student) != _on_top(other) else []
    return tuple(found)


def _on_top(student: Student) -> list[tuple[str, float, Settings]]:
    return [(one.method, one.weight, settle_added(METHODS.get(one.method), one)) for one in student.also]
