"""Texts of the engine that pages can show in another language: a template with its values, which can be stored beside
the English text."""

import re
from collections.abc import Mapping
from numbers import Integral, Real
from string import Formatter
from typing import Any

# What an archive of a stranger may ask of a place: no attribute of its value, and no width.
PLACE = re.compile(r"[a-z_][a-z0-9_]{0,40}", re.IGNORECASE)
FORM = re.compile(r",?(\.\d{1,2})?[defg%]?|; | or | and ")
DEEPEST, MOST_PLACES, LONGEST = 8, 200, 10_000


class Names(tuple[Any, ...]):
    """Several names or texts in one place: with commas between them, or with what its place has behind a colon."""

    __slots__ = ()

    def __str__(self) -> str:
        return ", ".join(map(str, self))


class Filling(Formatter):
    """Fills the places of a template by their names alone."""

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Names):
            return (format_spec or ", ").join(map(str, value))
        return str(format(value, format_spec))


_FILLING = Filling()


class Said(str):
    """A text of the engine: ``template`` with its ``places`` filled in. A catalogue knows it by the template."""

    template: str
    places: dict[str, Any]

    def __new__(cls, template: str, places: Mapping[str, object]) -> "Said":
        made = super().__new__(cls, _FILLING.vformat(template, (), places))
        # An error would keep the frames in which it was raised.
        plain = {name: _message(value) if isinstance(value, BaseException) else value for name, value in places.items()}
        made.template, made.places = template, plain
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.template, self.places


def said(template: str, /, *values: object) -> Said:
    """A text whose places in braces ``values`` fill, in the order in which they stand in it: numbers, names (``Names``
    for several), and other texts of the engine. Where a page may show a text this stands for an f-string."""
    names = dict.fromkeys(name for _, name, _, _ in Formatter().parse(template) if name)
    return Said(template, dict(zip(names, values, strict=True)))


def to_json(text: str | None) -> dict[str, Any] | None:
    """Template and values of a text, as JSON can hold them; None for a text without, whose words are all there is."""
    if not isinstance(text, Said):
        return None
    return {"template": text.template, "places": {name: _plain(value) for name, value in text.places.items()}}


def from_json(text: str, stored: Any) -> str:
    """The text with the template and values that ``to_json`` gave; the text alone where they do not give this text."""
    try:
        made = _read(stored, DEEPEST)
    except (AttributeError, KeyError, LookupError, TypeError, ValueError, OverflowError):
        return text
    return made if isinstance(made, Said) and made == text else text


def _message(error: BaseException) -> str:
    return error.args[0] if len(error.args) == 1 and isinstance(error.args[0], Said) else str(error)


def _plain(value: Any) -> Any:
    if isinstance(value, Said):
        return to_json(value)
    if isinstance(value, Names):
        return {"names": [_plain(one) for one in value]}
    if isinstance(value, bool) or value is None:
        return value
    return int(value) if isinstance(value, Integral) else float(value) if isinstance(value, Real) else str(value)


def _read(stored: Any, deep: int) -> Any:
    if not isinstance(stored, dict):
        if isinstance(stored, str) and len(stored) > LONGEST:
            raise ValueError(stored[:40])
        return stored
    if not deep:
        raise ValueError(deep)
    if stored.keys() == {"names"}:
        return Names(_read(one, deep - 1) for one in stored["names"][:MOST_PLACES])
    template, places = stored["template"], stored["places"]
    _check(template, len(places))
    return Said(template, {name: _read(value, deep - 1) for name, value in places.items()})


def _check(template: str, places: int) -> None:
    if len(template) > LONGEST or places > MOST_PLACES:
        raise ValueError(template[:40])
    for _, name, form, _ in Formatter().parse(template):
        if name is not None and not (PLACE.fullmatch(name) and FORM.fullmatch(form or "")):
            raise ValueError(name)
