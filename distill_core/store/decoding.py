"""Decodes rows to records and checks every value's type: a row that another program, another version or a broken disk
damaged must not prevent the other rows from being read."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Row

from distill_core.said import from_json
from distill_core.store.encoding import TEXTS, beside
from distill_core.store.records import JobState

Record = TypeVar("Record")


def as_record(record: type[Record], row: Row[Any]) -> Record | None:
    """A record from the columns named like its fields; None where a value has not its field's type."""
    return record_of(record, row._mapping)


def record_of(record: type[Record], values: Mapping[Any, Any]) -> Record | None:
    """A record from the values named like its fields; None where a value has not its field's type."""
    kinds = _kinds(record)  # type: ignore[arg-type]
    record_values = {name: values[name] for name, _, _ in kinds}
    for name, types, words in kinds:
        value = record_values[name]
        if type(value) not in types or (words is not None and value is not None and value not in words):
            return None
    for name in TEXTS:
        if record_values.get(name) and (stored := values.get(beside(name))):
            record_values[name] = from_json(record_values[name], stored)
    return record(**record_values)


@cache
def _kinds(record: type) -> tuple[tuple[str, frozenset[type], frozenset[str] | None], ...]:
    """For each field its name, the types of its values, and the allowed words (None: any)."""
    hints = get_type_hints(record)
    return tuple((field.name, *_kind(hints[field.name])) for field in fields(record))  # type: ignore[arg-type]


def _kind(hint: Any) -> tuple[frozenset[type], frozenset[str] | None]:
    types: set[type] = set()
    words: set[str] = set()
    for option in get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,):
        if get_origin(option) is Literal:
            types.add(str)
            words.update(get_args(option))
        elif option is JobState:
            types.add(str)
            words.update(JobState)
        elif isinstance(get_origin(option), type) and issubclass(get_origin(option), Mapping):
            types.add(dict)
        else:
            types |= {float, int} if option is float else {option}
    return frozenset(types), frozenset(words) or None
