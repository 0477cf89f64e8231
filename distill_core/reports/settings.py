"""The settings of one network of an experiment as flat data, and those in which two networks differ."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from distill_core.spec import Experiment, Student

# What is no setting of a network: its siblings, and what it is called.
LEFT_OUT: Mapping[type[BaseModel], str] = {Experiment: "students", Student: "name"}


def settings_of(experiment: Experiment, student: str) -> dict[str, Any]:
    """The settings of a student of a resolved experiment by dotted names, as ``budget.updates`` and ``method``: those
    of the experiment, then its own. A setting that is None is left out.

    For a name that is none of the students', which is the teacher's, the experiment's choice of a teacher alone.
    """
    own = next((other for other in experiment.students if other.name == student), None)
    if own is None:
        return dict(_flat(experiment.teacher, "teacher"))
    return {**dict(_flat(experiment)), **dict(_flat(own))}


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The settings that are not equal, in their order; None where one of the two has no such setting."""
    names = dict.fromkeys((*one, *other))
    pairs = {name: (one.get(name), other.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def title_of(name: str) -> str:
    """The title of a setting by its dotted name; that name in words where the field has none, as a method's own."""
    return _title(Student, name) or _title(Experiment, name) or name.replace(".", ": ").replace("_", " ")


def _title(model: type[BaseModel], name: str) -> str | None:
    first, _, rest = name.partition(".")
    field = model.model_fields.get(first)
    if field is None or not rest:
        return field.title if field else None
    inner = field.annotation
    return _title(inner, rest) if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    parts = _parts(value)
    if parts is None:
        if value is not None:
            yield name, value
        return
    for part, inner in parts.items():
        yield from _flat(inner, f"{name}.{part}" if name else part)


def _parts(value: Any) -> Mapping[str, Any] | None:
    """What a setting is made of; None where it is a plain one."""
    if isinstance(value, BaseModel):
        # By attribute: a dump leaves out the fields that say nothing.
        fields = (field for field in type(value).model_fields if field != LEFT_OUT.get(type(value)))
        return {field: getattr(value, field) for field in fields}
    if isinstance(value, Mapping):
        return value
    if isinstance(value, tuple) and any(isinstance(part, BaseModel) for part in value):
        return {str(place): part for place, part in enumerate(value, 1)}
    return None
