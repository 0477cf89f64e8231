"""Links to Train that were shared before its address held a specification: a parameter a field."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from distill_core.lab import Lab
from distill_core.spec import AddedMethod, Budget, Experiment, Optimiser, Student
from ui.forms import fields, spec_form
from ui.forms.old_links import TRANSFER, OldLinks, Texts, as_number, ids, read_field, task_and_teacher
from ui.forms.plain import plain, short
from ui.forms.spec_form import Path, placed
from ui.screens.train.fitting import fitting
from ui.text import titles

__all__ = ["KEYS", "ROW", "TRAIN", "specification"]

MOST_STUDENTS, LONGEST_NAME = 12, 64
NOTHING = "nothing"
_PLAIN: Mapping[str, tuple[type[BaseModel], Path]] = {
    "updates": (Budget, ("budget", "updates")),
    "train_batch": (Budget, ("budget", "batch_size")),
    "lr": (Optimiser, ("optimiser", "learning_rate")),
    "decay": (Optimiser, ("optimiser", "weight_decay")),
    "momentum": (Optimiser, ("optimiser", "momentum")),
    "warmup": (Optimiser, ("optimiser", "warmup_fraction")),
    "views": (Experiment, ("views",)),
    "mode": (Experiment, ("mode",)),
    "data_seed": (Experiment, ("data_seed",)),
    "train_precision": (Experiment, ("precision",)),
    "train_device": (Experiment, ("device",)),
}
KEYS = frozenset(("task", "teacher", "students", *_PLAIN))
ROW = re.compile(
    r"s(\d{1,2})_(name|net|width|stem|method|labels|sees|by|never|seeds|std|plus|plus_weight|T|alpha|p_\w+)"
)
_STUDENT = {
    **{"name": "name", "net": "architecture", "width": "width", "stem": "stem_stride", "method": "method"},
    **{"sees": "transfer", "never": "missing_class", "std": "standardize", "T": "temperature", "alpha": "alpha"},
}


def specification(lab: Lab, old: Mapping[str, str], usual: Mapping[str, Any]) -> dict[str, Any]:
    """What these parameters say of a specification whose rest is ``usual``; what no field would take is left out."""
    told = {**usual, "students": _rows(old, usual["students"])}
    values = task_and_teacher(lab, old.get("task"), old.get("teacher"), told)
    for key, (model, path) in _PLAIN.items():
        value = _read(model, str(path[-1]), old[key]) if key in old else None
        if value is not None:
            values = placed(values, path, value)
    networks = [entry.name for entry in fields.architectures(lab, values["task"])]
    for place, student in enumerate(values["students"]):
        new = student if student["architecture"] in networks else {**student, "architecture": networks[0]}
        values["students"][place] = fitting(new)
    return values


def _rows(old: Mapping[str, str], usual: list[dict[str, Any]]) -> list[dict[str, Any]]:
    count = _counted(old.get("students", ""), MOST_STUDENTS) or len(usual)
    more = ({**usual[0], "name": f"Student {row + 1}"} for row in range(len(usual), count))
    rows = [*usual[:count], *more]
    for key, text in old.items():
        found = ROW.fullmatch(key)
        if found and int(found[1]) < count:
            row = int(found[1])
            rows[row] = _changed(rows[row], found[2], text)
    rows = [row if _adds(row) else {**row, "also": []} for row in rows]
    names = [row["name"] for row in rows]
    for row in rows:
        if "taught_by" in row:  # until here by its place
            place = row["taught_by"]
            row["taught_by"] = names[place] if place < count else f"student {place + 1}"
    return rows


def _changed(student: Mapping[str, Any], field: str, text: str) -> dict[str, Any]:
    found = dict(student)
    if field == "name":  # one that cannot be is told
        found |= {"name": text} if len(text) <= LONGEST_NAME else {}
    elif field == "labels":
        found["labels"] = spec_form.label_count(text)
    elif field == "by":
        place = _counted(text.removeprefix("student "), 99)
        found |= {"taught_by": place - 1} if place else {}
    elif field == "seeds":
        count = _counted(text, 20)
        found |= {"seeds": list(range(count))} if count else {}
    elif field.startswith("p_"):
        value = as_number(text)
        value = value if isinstance(value, int | float) and abs(value) < 1e9 else None
        found |= {} if value is None else {"parameters": {**found.get("parameters", {}), field[2:]: value}}
    elif field in ("plus", "plus_weight"):
        also = dict(next(iter(found.get("also", ())), {"method": NOTHING}))
        name = "method" if field == "plus" else "weight"
        value = ids(titles.methods()).get(text) if field == "plus" else _read(AddedMethod, "weight", text)
        found |= {} if value is None else {"also": [{**also, name: value}]}
    else:
        name = _STUDENT[field]
        known = {"net": titles.networks(), "method": titles.methods(), "sees": TRANSFER}.get(field)
        value = _read(Student, name, text) if known is None else ids(known).get(text)
        found |= {} if value is None else {name: value}
    return found


def _counted(text: str, most: int) -> int:
    """The number from 1 to ``most`` (two digits) that a text is; else 0."""
    number = int(text) if text.isdecimal() and len(text) < 3 else 0
    return number if number <= most else 0


def _adds(row: Mapping[str, Any]) -> bool:
    return all(added["method"] != NOTHING for added in row.get("also", ()))


def _read(model: type[BaseModel], name: str, text: str) -> Any:
    """What a text of an address says of a field; None where the field takes no such value."""
    return read_field(model, name, as_number(text), text)


def _read_all(lab: Lab, old: Texts, usual: Mapping[str, Any]) -> dict[str, Any]:
    told = {key: texts[-1] for key, texts in old.items()}
    task = ids(titles.tasks(lab)).get(told.get("task", ""))
    if [*told] == ["task"] and task and lab.tasks.get(task).default:
        return plain(lab.catalog.first_experiment(task))  # as when the picker of the form brings it
    return short(specification(lab, told, usual))


TRAIN = OldLinks(is_one=lambda key: key in KEYS or ROW.fullmatch(key) is not None, read=_read_all)
