"""What an experiment may be called: plain text in any script, of bounded length, without characters that cannot be
seen."""

import unicodedata
from collections.abc import Iterable

from distill_core.errors import InvalidSetting, said

LONGEST_NAME, LONGEST_TAG, MOST_TAGS, LONGEST_NOTE = 80, 32, 10, 2_000
# Scripts and emoji need them inside of words.
JOINERS = "\u200c\u200d"


def checked_name(text: str) -> str:
    """A name in one line, with single spaces; empty: none. Raises InvalidSetting."""
    return _line("a name", text, LONGEST_NAME)


def checked_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags in their order, each once whatever its case. Raises InvalidSetting."""
    lines = [line for tag in tags if (line := _line("a tag", tag, LONGEST_TAG))]
    distinct = tuple({line.casefold(): line for line in reversed(lines)}.values())[::-1]
    if len(distinct) > MOST_TAGS:
        raise InvalidSetting(
            "tags", expected=said("at most {most}", MOST_TAGS), got=len(distinct), hint="leave some out"
        )
    return distinct


def checked_note(text: str) -> str:
    """A note of any number of lines. Raises InvalidSetting."""
    plain = "\n".join(line.rstrip() for line in _normal("a note", text).splitlines()).strip()
    return _fitting("a note", plain, LONGEST_NOTE, within="\n\t")


def to_lines(tags: Iterable[str]) -> str:
    """Tags as they are stored: each between line ends, so that one is found without the longer ones."""
    checked = checked_tags(tags)
    return "\n".join(["", *checked, ""]) if checked else ""


def tags_of(lines: str) -> tuple[str, ...]:
    """The tags of a stored text."""
    return tuple(line for line in lines.split("\n") if line)


def _line(what: str, text: str, longest: int) -> str:
    return _fitting(what, " ".join(_normal(what, text).split()), longest)


def _normal(what: str, text: str) -> str:
    if not isinstance(text, str):
        raise InvalidSetting(what, expected="a text", got=type(text).__name__, hint="write it in quotation marks")
    return unicodedata.normalize("NFC", text)


def _fitting(what: str, text: str, longest: int, within: str = "") -> str:
    if len(text) > longest:
        got = said("{value:,}", len(text))
        raise InvalidSetting(what, expected=said("at most {longest:,} characters", longest), got=got, hint="shorten it")
    hidden = next((one for one in text if not (one in within or _is_seen(one))), None)
    if hidden is not None:
        got, hint = said("U+{code}", f"{ord(hidden):04X}"), "leave it out"
        raise InvalidSetting(what, expected="characters that can be seen", got=got, hint=hint)
    return text


def _is_seen(character: str) -> bool:
    category = unicodedata.category(character)
    return character in JOINERS or not (category.startswith("C") or category in ("Zl", "Zp"))
