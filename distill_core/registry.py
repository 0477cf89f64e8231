"""Registries of named entries: a miss names the nearest entry, a duplicate raises."""

import difflib
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from distill_core.errors import InvalidSetting, Names, UnknownName, said


class Named(Protocol):
    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=Named)


class Registry(Generic[Entry]):
    """Described objects by name, in the order they were added."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, Entry] = {}

    def add(self, *entries: Entry) -> None:
        """Register all entries, or none. Raises InvalidSetting where a name is taken."""
        together = dict(self._entries)
        for entry in entries:
            if entry.name in together:
                raise InvalidSetting(
                    said("a {kind} named {name!r} exists already; choose another name", self.kind, entry.name)
                )
            together[entry.name] = entry
        self._entries = together

    def get(self, name: str) -> Entry:
        """The entry called ``name``. Raises UnknownName with the known names and the nearest one."""
        try:
            return self._entries[name]
        except KeyError:
            raise UnknownName(self._miss(name)) from None

    def names(self) -> tuple[str, ...]:
        return tuple(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def _miss(self, name: str) -> str:
        near = difflib.get_close_matches(str(name), self._entries, n=1)
        known = self.kind, name, Names(self._entries) or said("none")
        if near:
            return said("no {kind} named {name!r}; known: {names}. Did you mean {near!r}?", *known, near[0])
        return said("no {kind} named {name!r}; known: {names}.", *known)
