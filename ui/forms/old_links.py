"""Links that were shared before an address held a whole specification: a parameter a field."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter

from distill_core.lab import Lab
from distill_core.spec import Budget
from ui.forms import fields, shared, spec_form
from ui.forms.spec_form import Path, placed
from ui.text import titles

__all__ = ["TRANSFER", "OldLinks", "as_number", "ids", "read_field", "read_texts", "task_and_teacher", "with_prefix"]

# What links from before call the examples of the soft term.
TRANSFER = {"labelled": "labelled images", "all": "all images"}

Texts = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class OldLinks:
    """``is_one``: whether a parameter is one of such a link. ``read`` makes of the texts of its parameters, and of the
    values that a form has without them, the values that they mean; what no field would take it leaves out."""

    is_one: Callable[[str], bool]
    read: Callable[[Lab, Texts, dict[str, Any]], dict[str, Any]]


# What a parameter was called, after the prefix of its form, where that was not the name of the field.
SHORT = {"architecture": "net", "stem_stride": "stem", "transfer": "sees", "temperatures": "T", "batch_size": "batch"}


def with_prefix(prefix: str, model: type[BaseModel]) -> OldLinks:
    """Those to the form of a template, whose parameters were a prefix and the short name of a field."""
    paths: list[Path] = [*((name,) for name in model.model_fields), *(("budget", name) for name in Budget.model_fields)]
    keys = {f"{prefix}_{SHORT.get(str(path[-1]), path[-1])}": path for path in paths}

    def read(lab: Lab, old: Texts, usual: dict[str, Any]) -> dict[str, Any]:
        last = {str(keys[key][-1]): texts[-1] for key, texts in old.items()}
        values = task_and_teacher(lab, last.get("task"), last.get("teacher"), usual)
        for key, texts in old.items():
            path = keys[key]
            if path == ("labels",):  # a count that cannot be is told
                values["labels"] = spec_form.label_count(texts[-1])
            elif path not in (("task",), ("teacher",)):
                found = read_texts(Budget if len(path) > 1 else model, str(path[-1]), texts)
                values = values if found is None else placed(values, path, found)
        return shared.fitted(lab, values)

    return OldLinks(keys.__contains__, read)


def task_and_teacher(lab: Lab, task: str | None, teacher: str | None, usual: Mapping[str, Any]) -> dict[str, Any]:
    """Values with the task and the teacher that a link means; else those of ``usual``, or a teacher of that task."""
    values = {**usual, "task": ids(titles.tasks(lab)).get(task or "", usual["task"])}
    offered = fields.teachers(lab, values["task"], teacher)
    named = ids(titles.teachers(offered)).get(teacher or "")
    return values | {"teacher": shared.plain_teacher(offered[named])} if named else shared.fitted(lab, values)


def ids(shown: Mapping[Any, str]) -> dict[str, Any]:
    """What a link may call each of these: its id, and its title."""
    return {title: name for name, title in shown.items()} | {str(name): name for name in shown}


def read_field(model: type[BaseModel], name: str, *candidates: Any) -> Any:
    """The first of these values that a field takes, as plain JSON; None where it takes none."""
    for value in candidates:
        try:
            found = _adapter(model, name).validate_python(value, strict=True)
        except ValueError:
            continue
        return list(found) if isinstance(found, tuple) else found
    return None


def as_number(text: str) -> Any:
    """The number that a text is; another text as it is."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def read_texts(model: type[BaseModel], name: str, texts: Sequence[str]) -> Any:
    """What the texts of a parameter say of a field; None where it takes no such value."""
    named: Mapping[str, Mapping[Any, str]] = {
        **{"architecture": titles.networks(), "method": titles.methods(), "methods": titles.methods()},
        "transfer": TRANSFER,
    }
    shown = named.get(name)
    each = [ids(shown).get(text) if shown else as_number(text) for text in texts]
    several = get_origin(model.model_fields[name].annotation) is tuple
    return read_field(model, name, tuple(each) if several else each[-1])


@cache
def _adapter(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    info = model.model_fields[name]
    return TypeAdapter(Annotated[info.annotation, info], config=ConfigDict(allow_inf_nan=False))  # type: ignore[valid-type]
