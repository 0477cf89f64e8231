"""The form of the Train page as data: values by widget key on one side, a specification on the other.

Keys are short because they stand in the page's address. No widget is drawn here.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from distill_core.errors import InvalidSetting
from distill_core.lab import Lab
from distill_core.methods import METHODS, Method, Settings, resolve_added_settings
from distill_core.networks import ARCHITECTURES
from distill_core.spec import Experiment, Student
from distill_core.templates.presets import default_experiment
from ui.forms import fields

__all__ = [
    "ALL",
    "BOUNDS",
    "LONGEST_NAME",
    "MOST_STUDENTS",
    "NOTHING",
    "ROW_BOUNDS",
    "TEACHER",
    "address",
    "check",
    "defaults",
    "fellow",
    "lost",
    "moved",
    "on_top",
    "parameter_bounds",
    "read",
    "row_key",
    "row_values",
    "rows",
    "values",
]

ALL = "all"
NOTHING = "nothing"
TEACHER = "the teacher"
MOST_STUDENTS, LONGEST_NAME = 12, 64
# What the fields hold, from lowest to highest: all that a specification allows, but for the ends that it leaves out.
BOUNDS: dict[str, tuple[float, float]] = {
    "updates": (1, 200_000),
    "train_batch": (2, 1024),
    "lr": (1e-6, 10.0),
    "decay": (0.0, 1.0),
    "momentum": (0.0, 0.999),
    "warmup": (0.0, 0.9),
    "views": (1, 64),
    "data_seed": (0, 2**31 - 1),
}
ROW_BOUNDS: dict[str, tuple[float, float]] = {"seeds": (1, 20), "alpha": (0.0, 1.0), "plus_weight": (1e-6, 1000.0)}
_BUDGET = {"updates": "updates", "train_batch": "batch_size"}
_OPTIMISER = {"lr": "learning_rate", "decay": "weight_decay", "momentum": "momentum", "warmup": "warmup_fraction"}
_PLAIN = {
    **{"views": "views", "mode": "mode", "data_seed": "data_seed"},
    **{"train_precision": "precision", "train_device": "device"},
}
_ROW = {"name": "name", "net": "architecture", "width": "width", "stem": "stem_stride", "method": "method"}


def row_key(row: int, field: str) -> str:
    """The key of one widget of one student, counted from 0."""
    return f"s{row}_{field}"


def fellow(row: int) -> str:
    """How a row of the form, counted from 0, calls another one that teaches it: by its place, since names change."""
    return f"student {row + 1}"


def defaults(lab: Lab) -> dict[str, Any]:
    """What every widget shows at first: the default comparison. The address holds what differs from this."""
    experiment = default_experiment()
    first, known = experiment.students[0], len(experiment.students)
    more = (first.model_copy(update={"name": f"Student {row + 1}"}) for row in range(known, MOST_STUDENTS))
    full = experiment.model_copy(update={"students": (*experiment.students, *more)})
    any_teacher = next((option.name for option in lab.catalog.teachers(experiment.task)), None)
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
    """What every widget shows for a specification. A teacher or a device that is not on offer is left out, and so is a
    number that its field cannot hold."""
    students = _students(experiment)[:MOST_STUDENTS]
    found: dict[str, Any] = {"task": experiment.task, "students": len(students)}
    if name := fields.teacher_name(lab, experiment.task, experiment.teacher):
        found["teacher"] = name
    found |= {key: getattr(experiment.budget, field) for key, field in _BUDGET.items()}
    found |= {key: getattr(experiment.optimiser, field) for key, field in _OPTIMISER.items()}
    found |= {key: getattr(experiment, field) for key, field in _PLAIN.items()}
    found = {key: value for key, value in found.items() if _holds(BOUNDS.get(key), value)}
    if experiment.device not in ("auto", *lab.catalog.devices()):
        del found["train_device"]
    for row, student in enumerate(students):
        found |= row_values(row, student, [other.name for other in students])
        if student.missing_class not in (None, *lab.catalog.classes(experiment.task)):
            found[row_key(row, "never")] = NOTHING
    return found


def _students(experiment: Experiment) -> list[Student]:
    return [student for student in experiment.students if student.role == "student"]


def _holds(bounds: tuple[float, float] | None, value: Any) -> bool:
    return bounds is None or bounds[0] <= value <= bounds[1]


def parameter_bounds(method: Method, name: str) -> tuple[float, float]:
    """What the field of a method's own number holds."""
    return method.parameters[name].low, method.parameters[name].high


def check(experiment: Experiment) -> None:
    """Raises InvalidSetting for a specification that no form can show: one without students, or with names that the
    lab does not know."""
    students = _students(experiment)
    if not students:
        do = "add one; controls come by themselves"
        raise InvalidSetting("students", expected="one student at least", got="none", hint=do)
    networks, methods = ([entry.name for entry in them] for them in (ARCHITECTURES, METHODS))
    for student in students:
        for field, known in (("architecture", networks), ("method", methods)):
            value = getattr(student, field)
            if value not in known:
                what = f"{field} of {student.name!r}"
                raise InvalidSetting(what, expected=" or ".join(known), got=value, hint="choose one of these")


def row_values(row: int, student: Student, names: Sequence[str] = ()) -> dict[str, Any]:
    """What the widgets of one row show for a student; ``names`` are those of all rows. Whom somebody teaches who is not
    among them, the teacher teaches."""
    found = _row(student)
    found["by"] = fellow(names.index(student.taught_by)) if student.taught_by in names else TEACHER
    return {row_key(row, field): value for field, value in found.items()}


def _row(student: Student) -> dict[str, Any]:
    method = _method(student.method)
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
    bounds = dict(ROW_BOUNDS)
    widths = next((entry.widths for entry in ARCHITECTURES if entry.name == student.architecture), ())
    if len(widths) > 1:
        bounds["width"] = (min(widths), max(widths))
    if method:
        found |= {f"p_{name}": value for name, value in {**method.defaults, **student.parameters}.items()}
        bounds |= {f"p_{name}": parameter_bounds(method, name) for name in method.parameters}
    return {key: value for key, value in found.items() if value is not None and _holds(bounds.get(key), value)}


def _method(name: Any) -> Method | None:
    return next((entry for entry in METHODS if entry.name == name), None)


def moved(state: Mapping[str, Any], order: Sequence[int]) -> dict[str, Any]:
    """What the rows of a form show after a change: in the place of each the row that stood at ``order`` before, as it
    is, be it right or wrong. Who taught somebody still does, wherever it stands now; else the teacher."""
    found: dict[str, Any] = {"students": len(order)}
    places = {fellow(old): fellow(order.index(old)) for old in order}
    for row, old in enumerate(order):
        values = {field: state[row_key(old, field)] for field in _fields(state, old)}
        method = _method(values.get("method"))
        values = {f"p_{name}": value for name, value in (method.defaults if method else {}).items()} | values
        values["by"] = places.get(values.get("by", TEACHER), TEACHER)
        found |= {row_key(row, field): value for field, value in values.items()}
    return found


def read(lab: Lab, state: Mapping[str, Any]) -> Experiment:
    """The specification that a complete form means. Raises InvalidSetting with every value that cannot be used."""
    plain = {
        "task": state["task"],
        "teacher": fields.teacher_of(lab, state["task"], state.get("teacher")).model_dump(mode="json"),
        "students": rows(state),
        "budget": {field: state[key] for key, field in _BUDGET.items()},
        "optimiser": {field: state[key] for key, field in _OPTIMISER.items()},
        **{field: state[key] for key, field in _PLAIN.items()},
    }
    return Experiment.from_json(json.dumps(plain))


def rows(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The students of a form, each as plain JSON; only what its method uses is in it."""
    count = min(max(int(state["students"]), 1), MOST_STUDENTS)
    names = {fellow(row): state.get(row_key(row, "name")) for row in range(count)}
    return [
        _student({field: state.get(row_key(row, field)) for field in _fields(state, row)}, names)
        for row in range(count)
    ]


def _fields(state: Mapping[str, Any], row: int) -> list[str]:
    start = row_key(row, "")
    return [key.removeprefix(start) for key in state if key.startswith(start)]


def _student(row: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    method = _method(row["method"])
    plain = {field: row[key] for key, field in _ROW.items()}
    strides = next((entry.stem_strides for entry in ARCHITECTURES if entry.name == row["net"]), ())
    if len(strides) == 1:  # no field asks for it
        plain["stem_stride"] = strides[0]
    plain |= {"labels": _labels(row["labels"]), "seeds": list(range(int(row["seeds"])))}
    if row.get("never", NOTHING) != NOTHING:
        plain["missing_class"] = row["never"]
    if method is None:
        return plain
    plus = on_top(method, row.get("plus"))
    if method.uses_teacher or method.mutual or plus:
        plain["transfer"] = row["sees"]
    if (method.uses_teacher or plus) and not method.mutual:
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
    plain["parameters"] = {name: row.get(f"p_{name}", value) for name, value in method.defaults.items()}
    return plain


def on_top(method: Method, plus: str | None) -> str | None:
    """The method on top of a student's own, as the form's value ``plus`` says it, where there can be one."""
    return None if method.exclusive or plus == NOTHING else plus


def _labels(text: str) -> int | None:
    if str(text) == ALL:
        return None
    try:
        return int(text)
    except ValueError:
        raise InvalidSetting("labels", expected="a whole number or all", got=text, hint="type a number") from None


def lost(wanted: Experiment, shown: Experiment) -> tuple[str, ...]:
    """The parts of a specification that the form could not take over, by name."""
    before, after = wanted.model_dump(mode="json"), shown.model_dump(mode="json")
    found = [
        f"{name}: {_plain_name(field)}" if field else name
        for name in before
        if name != "students"
        for field in _differing(name, before[name], after[name])
    ]
    kept = {student.name: student for student in shown.students}
    for student in _students(wanted):
        other = kept.get(student.name)
        found += [f"{student.name}: {part}" for part in _lost_of(student, other)] if other else [student.name]
    return tuple(found)


def _differing(name: str, before: Any, after: Any) -> list[str]:
    """The fields that differ; an empty name for a part that is one thing."""
    if name in ("budget", "optimiser"):
        return [field for field in before if before[field] != after[field]]
    return [""] if before != after else []


# Of these a specification may say nothing: then the form shows the method's default.
_OPTIONAL = ("temperature", "alpha")
_COMPARED = ("width", "stem_stride", "labels", "missing_class", "taught_by", "seeds", "standardize", "start", "scene")


def _lost_of(student: Student, other: Student) -> list[str]:
    asked = [name for name in _OPTIONAL if getattr(student, name) is not None]
    found = [name for name in (*_COMPARED, *asked) if getattr(student, name) != getattr(other, name)]
    found += [name for name, value in student.parameters.items() if value != other.parameters.get(name)]
    found += ["methods on top"] if _on_top(student) != _on_top(other) else []
    return [_plain_name(name) for name in found]


def _plain_name(field: str) -> str:
    return field.replace("_", " ")


def _on_top(student: Student) -> list[tuple[str, float, Settings]]:
    resolved = [resolve_added_settings(METHODS.get(added.method), added) for added in student.also]
    return [(added.method, added.weight, settings) for added, settings in zip(student.also, resolved, strict=True)]
