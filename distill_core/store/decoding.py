"""Rows as records, where all their values are what the record says: a database may hold what another program, another
version or a broken disk left there, and one such row must not keep the others from being read."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from sqlalchemy import Row

from distill_core.store.records import JobState

__all__ = ["as_record"]

Record = TypeVar("Record")


def as_record(record: type[Record], row: Row[Any]) -> Record | None:
    """A frozen record of the columns that are called like its fields; None where a value cannot be one of its field."""
    kinds, values = _kinds(record), row._mapping  # type: ignore[arg-type]
    found = {name: values[name] for name, _, _ in kinds}
    for name, types, words in kinds:
        value = found[name]
        if type(value) not in types or (words is not None and value is not None and value not in words):
            return None
    return record(**found)


@cache
def _kinds(record: type) -> tuple[tuple[str, frozenset[type], frozenset[str] | None], ...]:
    """Of each field the types of its values, and the words where only some are allowed."""
    hints = get_type_hints(record)
    return tuple((field.name, *_kind(hints[field.name])) for field in fields(record))  # type: ignore[arg-type]


def _kind(hint: Any) -> tuple[frozenset[type], frozenset[str] | None]:
    types: set[type] = set()
    words: set[str] = set()
    for one in get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,):
        if get_origin(one) is Literal:
            types.add(str)
            words.update(get_args(one))
        elif one is JobState:
            types.add(str)
            words.update(JobState)
        elif isinstance(get_origin(one), type) and issubclass(get_origin(one), Mapping):
            types.add(dict)
        else:
            types |= {float, int} if one is float else {one}
    return frozenset(types), frozenset(words) or None
