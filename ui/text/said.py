"""What the engine says, in the visitor's language: errors, reasons, and names that the lab gives itself."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from numbers import Real
from typing import Any

from distill_core.errors import EXPLAINED, DistillError
from distill_core.said import Filling, Names, Said
from distill_core.spec import InvalidSpecification
from distill_core.templates.given_names import given_names, of_study
from ui.text.language import _, as_written, is_english, listed

__all__ = ["given", "plain", "sentence", "shown", "told", "without_paths"]

_LOGIN = re.compile(r"(?<=://)[^\s'\"]*@")
# A path of two parts and more, quoted or not, on any system; no address and no fraction.
_PATH = re.compile(
    r"""(['"])(?:[A-Za-z]:[\\/]|\\\\|/)[^'"\n]*[\\/](?P<quoted>[^'"\n]*)\1"""
    r"""|(?<![\w:/.~\\])(?:[A-Za-z]:[\\/]|\\\\|/)(?:[^\s'"\\/]+[\\/])+(?P<bare>[^\s'"\\/]*)"""
)


def shown(text: str) -> str:
    """A title or a name: what the lab called so itself in the visitor's language, a visitor's own as it is."""
    if is_english():
        return text
    known = text if isinstance(text, Said) else given(text)
    return text if known is None else told(known)


def given(name: str) -> Said | None:
    """A name that the lab gave itself, with its template; None for any other."""
    return _given().get(name) or of_study(name)


_given = cache(given_names)


def plain(text: str) -> str:
    """Markdown that shows ``text`` letter for letter: names come from visitors. What the lab called so itself is in the
    visitor's language."""
    # A zero-width space keeps what looks like an address from becoming a link.
    flat = re.sub(r"(?i)(?<=www)\.|(?<=\S)@(?=\S)", "\u200b\\g<0>", " ".join(shown(text).split()))
    return re.sub(r"([\\`*_\[\]<>|~$&]|:(?=\S)|^[#+-]|(?<=^\d)[.)](?=\s))", r"\\\1", flat)


def sentence(message: str | DistillError) -> str:
    """Markdown of an engine's message, letter for letter, with a capital and a full stop.

    Of a specification that cannot be used students are counted from 1, as on the page: ``student 1, name``.
    """
    if isinstance(message, InvalidSpecification):
        text = told(message.formatted(_place))
    else:
        text = told(message.text if isinstance(message, DistillError) else message)
    text = without_paths(text)
    stop = "" if text.endswith((".", "!", "?")) else "."
    return plain(text[:1].upper() + text[1:] + stop)


def told(text: Any) -> str:
    """A text of the engine in the visitor's language, with the texts, numbers and lists in it; what no catalogue has
    stays as it is."""
    if not isinstance(text, Said):
        return _(str(text))
    whole = text.template == EXPLAINED
    places = {name: _within(value, whole) for name, value in text.places.items()}
    return _SPOKEN.vformat(_(text.template), (), places)


class _Spoken(Filling):
    """Numbers and lists as the visitor's language writes them."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Names):
            return listed(value, _LISTS[format_spec]) if format_spec in _LISTS else format_spec.join(value)
        text = super().format_field(value, format_spec)
        return as_written(text) if isinstance(value, Real) and not isinstance(value, bool) else text


_SPOKEN = _Spoken()
# Babel's style of a list by what stands between its items in English.
_LISTS: Mapping[str, Any] = {"": "unit", " or ": "or", " and ": "standard"}


def _within(value: Any, whole: bool) -> Any:
    """What stands in a place: a name is no text, but where an error names what it is about."""
    if isinstance(value, Said):
        return told(value)
    if isinstance(value, Names):
        return Names(str(_within(one, whole=False)) for one in value)
    if not isinstance(value, str) or (name := shown(value)) != value:
        return name if isinstance(value, str) else value
    return _(value) if whole or " " in value else value


def without_paths(text: str) -> str:
    """``text`` with the last part alone of every path, and without who logs in at an address: where the lab lies on its
    server is no visitor's business."""
    text = _LOGIN.sub("…@", text)
    return _PATH.sub(lambda found: f"'{found['quoted']}'" if found["quoted"] is not None else found["bare"], text)


def _place(path: Sequence[str | int]) -> str:
    match path:
        case ["students", int(number), *rest]:
            return _inside(_("student {number}", number=number + 1), rest)
        case ["links", int(number), str(), *rest]:  # after the number its kind
            return _inside(_("step {number}", number=number + 1), rest)
    return ".".join(map(str, path))


def _inside(item: str, rest: Sequence[str | int]) -> str:
    return listed([item, ".".join(map(str, rest))], "unit") if rest else item
