"""The language that a visitor reads: sentences by gettext, numbers and lists by Babel.

English stands in the code. Another language is a catalogue alone, ``ui/text/locale/LANGUAGE.po``, begun from what
``make messages`` finds (``pybabel init``). It is read as it is, without a build step, and answers every visitor
whose browser asks for that language.
"""

import gettext
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, reduce
from pathlib import Path
from typing import Any, Literal

import streamlit as st
from babel import Locale
from babel.core import negotiate_locale
from babel.lists import format_list
from babel.numbers import format_decimal, parse_pattern

from distill_core.tasks.base import Kind

__all__ = [
    *("N_", "Texts", "_", "as_written", "asked", "by_kind", "current", "decimal", "is_english", "listed", "ngettext"),
    *("ngettext_by_kind", "plurals"),
]

_asked: ContextVar[list[str] | None] = ContextVar("asked", default=None)
CATALOGUES = Path(__file__).parent / "locale"
# The English of the code; its lists have no comma before "and".
ENGLISH = "en_GB"
# Numbers up to which each category of CLDR's plurals has come.
_COUNTED = 101


def current() -> str:
    """The language of the visitor who is answered: the browser's where a catalogue for it ships, else English."""
    offered = _offered()
    if not offered:
        return ENGLISH
    return negotiate_locale(_asked.get() or [st.context.locale or ENGLISH], offered, sep="-") or ENGLISH


@contextmanager
def asked(header: str) -> Iterator[None]:
    """What is said inside goes to who asked for the languages of this header, Accept-Language, and not to a page."""
    token = _asked.set([part.partition(";")[0].strip() for part in header.split(",") if part])
    try:
        yield
    finally:
        _asked.reset(token)


def _(text: str, /, **places: Any) -> str:
    """A whole sentence, or what stands in a table or on a button, in the visitor's language. ``places`` are the parts
    of ``text`` in braces: numbers that are written out, names, and lists of these; never a part of a sentence."""
    if not text:  # gettext would answer with the catalogue's own header
        return ""
    found = _catalogue(current()).gettext(text)
    return found.format(**places) if places else found


def ngettext(single: str, many: str, count: int, /, **places: Any) -> str:
    """``_`` of a sentence that depends on a number, which stands in it as ``{count}``."""
    found = _catalogue(current()).ngettext(single, many, count)
    return found.format(count=decimal(count, 0, grouped=True), **places)


def by_kind(kind: Kind, text: str, /, **places: Any) -> str:
    """``_`` of a sentence about the examples of a task, which its kind calls ``{example}`` and ``{examples}``.

    A catalogue may have the sentence once for each kind, in whatever words and cases it needs: the kind's name is then
    the message's context. Where it has none of that kind, the noun is put into the sentence.
    """
    found = _catalogue(current()).pgettext(kind.name, text)
    if found == text:
        found = _(text)
    return _filled(found, kind, **places)


def ngettext_by_kind(kind: Kind, single: str, many: str, count: int, /, **places: Any) -> str:
    """``by_kind`` of a sentence that depends on a number, which stands in it as ``{count}``."""
    catalogue = _catalogue(current())
    found = catalogue.npgettext(kind.name, single, many, count)
    if found in (single, many):
        found = catalogue.ngettext(single, many, count)
    return _filled(found, kind, count=decimal(count, 0, grouped=True), **places)


def is_english() -> bool:
    """Whether the visitor reads what stands in the code."""
    return type(_catalogue(current())) is gettext.NullTranslations


def plurals(single: str, many: str) -> dict[str, str]:
    """The texts of ``ngettext`` with their places, by the categories that CLDR has of the language's numbers: for
    scripts, whose browser knows the category of a number."""
    category, catalogue = _locale(current()).plural_form, _catalogue(current())
    return {category(count): catalogue.ngettext(single, many, count) for count in reversed(range(_COUNTED))}


def N_(text: str) -> str:
    """The text as it is; what ``_`` translates later stands in the catalogues by this."""
    return text


class Texts(Mapping[str, str]):
    """Texts of the catalogues by id, each in the visitor's language when it is read."""

    def __init__(self, english: Mapping[str, str]) -> None:
        self._english = dict(english)

    def __getitem__(self, name: str) -> str:
        return _(self._english[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._english)

    def __len__(self) -> int:
        return len(self._english)

    def english(self, name: str) -> str:
        """As it stands in the code."""
        return self._english[name]


def decimal(value: float, digits: int, *, grouped: bool = False) -> str:
    """A number with so many decimal places, as the visitor's language writes it; it is rounded already."""
    return format_decimal(value, format=_pattern(digits), locale=_locale(current()), group_separator=grouped)


def as_written(number: str) -> str:
    """A number in Python's signs, ``1,378.5``, in those of the visitor's language."""
    signs = _locale(current()).number_symbols["latn"]
    return number.translate({ord(","): signs["group"], ord("."): signs["decimal"]})


def listed(items: Sequence[str], style: Literal["standard", "or", "unit"] = "standard") -> str:
    """``a``, ``a and b``, ``a, b and c``; in the styles ``or`` and
    ``unit`` ``a, b or c`` and ``a, b, c``."""
    locale = _locale(current())
    try:
        return format_list(items, style, locale) if items else ""
    except KeyError:  # Babel leaves out what a language has from CLDR's root, as German of its lists of units
        return reduce(locale.list_patterns["standard"]["start"].format, items)


def _filled(text: str, kind: Kind, **places: Any) -> str:
    return text.format(example=_(kind.example), examples=_(kind.examples), **places)


@cache
def _pattern(digits: int) -> Any:
    return parse_pattern("#,##0" + ("." + digits * "0" if digits else ""))


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


@cache
def _offered() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in CATALOGUES.glob("*.po")))


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return gettext.NullTranslations()
    # English alone does not wait for them.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
