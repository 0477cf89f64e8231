"""A specification: frozen, validated data, JSON both ways, with errors that people can read and a fingerprint."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Strict, ValidationError

from distill_core.errors import InvalidSetting, explain

__all__ = ["Several", "Specification", "fingerprint", "readable"]

REFUSED = "the specification cannot be used: "
LONGEST_SHOWN, MOST_SHOWN = 60, 10
# Of the largest experiment: ten times as long as 200 students with all that they can say.
LONGEST_TEXT = 4_000_000
# Control characters, halves of pairs that no encoding can write, separators of lines and paragraphs.
UNREADABLE = {"Cc", "Cs", "Zl", "Zp"}

Item = TypeVar("Item")
# Python's lists and ranges are taken as tuples; what is inside stays strict.
Several = Annotated[tuple[Item, ...], Strict(False)]


class Specification(BaseModel):
    """Frozen, validated data, JSON both ways. True is no number, and neither is a text; 4 is a float like 4.0."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """A specification from plain values. Raises InvalidSetting that names each field that is wrong."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise InvalidSetting(_plain(error, values)) from None

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a specification; bytes in UTF-8, UTF-16 or UTF-32, with a byte order mark or without.

        Raises: InvalidSetting that names each field that is wrong, the first ten of many, or one that comes twice.
        """
        plain = _decoded(text)
        try:
            specification = cls.model_validate_json(plain)
        except ValidationError as error:
            raise InvalidSetting(_plain(error, _parsed(plain))) from None
        json.loads(plain, object_pairs_hook=_once, parse_int=str, parse_float=str)
        return specification

    def to_json(self) -> str:
        return self.model_dump_json(indent=2)


def fingerprint(*parts: object) -> str:
    """SHA-256 (hex) of specifications, hashes and plain values, the same on every machine."""
    plain = [part.model_dump(mode="json") if isinstance(part, BaseModel) else part for part in parts]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def readable(text: str) -> str:
    """The text, where none of its characters is a control character. Raises ValueError."""
    if any(unicodedata.category(character) in UNREADABLE for character in text):
        raise ValueError(f"wanted characters that can be read, came {_shown(text)}; remove the control characters")
    return text


def _decoded(text: str | bytes) -> str:
    try:
        # Windows' shell writes UTF-16, and editors a byte order mark.
        plain = text.decode(json.detect_encoding(text)) if isinstance(text, bytes) else text
        plain.encode()
    except UnicodeError as error:
        wanted, do = "characters in UTF-8 or UTF-16", "save it as UTF-8"
        raise InvalidSetting(f"{REFUSED}{explain('the text', wanted=wanted, came=error, do=do)}") from None
    if len(plain) > LONGEST_TEXT:
        wanted, came = f"at most {LONGEST_TEXT:,} characters", f"{len(plain):,}"
        raise InvalidSetting(f"{REFUSED}{explain('the text', wanted=wanted, came=came, do='split it')}")
    return plain.removeprefix("\ufeff")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        whose = f" of {_shown(fields['name'])}" if "name" in fields else ""
        what = explain(f"{twice!r}{whose}", wanted="each field once", came="this one twice", do="remove one of them")
        raise InvalidSetting(f"{REFUSED}{what}")
    return fields


def _parsed(text: str) -> Any:
    """The text as plain values, for the names in it; None where it is no JSON."""
    try:
        return json.loads(text, parse_int=float)
    except (ValueError, RecursionError):
        return None


def _plain(error: ValidationError, values: Any) -> str:
    details = error.errors(include_url=False)
    wrong = [detail for detail in details if not _echo(detail, details)]
    lines = [_line(detail, values) for detail in wrong[:MOST_SHOWN]]
    more = [f"and {len(wrong) - MOST_SHOWN:,} more like these"] if len(wrong) > MOST_SHOWN else []
    return REFUSED + "; ".join([*lines, *more])


def _echo(detail: Any, details: Sequence[Any]) -> bool:
    # pydantic leaves an item that is wrong out of its list, and then finds the list too short.
    inside = (other["loc"][: len(detail["loc"])] for other in details if len(other["loc"]) > len(detail["loc"]))
    return detail["type"] == "too_short" and detail["loc"] in inside


def _whose(place: Sequence[int | str], values: Any) -> str:
    """In brackets the name of the student, or another item of a list, that a wrong field belongs to."""
    name = None
    for part in place:
        try:
            values = values[part]
        except (LookupError, TypeError):
            break
        if isinstance(part, int) and isinstance(values, Mapping):
            name = values.get("name", name)
    return "" if name is None or place[-1] == "name" else f" ({_shown(name)})"


def _line(detail: Any, values: Any) -> str:
    path, whose = ".".join(str(part) for part in detail["loc"]), _whose(detail["loc"], values)
    place = path + whose
    match detail["type"]:
        case "value_error":
            return f"{place}: {detail['ctx']['error']}".removeprefix(": ")
        case "json_invalid":
            wrong = detail["ctx"]["error"]
            return explain("the text", wanted="JSON", came=wrong, do="mend brackets, commas and quotes there")
        case "missing":
            return explain(place, wanted="a value", came="nothing", do="add it")
        case "extra_forbidden":
            return explain(place, wanted="only known fields", came="this one", do="remove it or correct its name")
        case "union_tag_invalid" | "union_tag_not_found":
            came = detail["ctx"].get("tag", "nothing")
            inside = "ensemble" in detail["loc"]
            wanted = "shipped, run or train" if inside else "shipped, run, train or ensemble"
            return explain(f"{path}.kind{whose}", wanted=wanted, came=came, do="choose one of these")
    return explain(
        place or "the specification", wanted=_wanted(detail["msg"]), came=_shown(detail["input"]), do="change it"
    )


def _wanted(message: str) -> str:
    """The middle of pydantic's sentence: ``Input should be a valid integer, got ...`` to ``a valid integer``."""
    found = re.match(r"\w+ should (?:be |have |match )?(.+?)(?: after validation.*|, (?:got|unable) .*)?$", message)
    return found[1] if found else message


def _shown(came: object) -> str:
    if isinstance(came, dict):
        return "an object"
    if isinstance(came, list | tuple):
        return f"a list of {len(came)}"
    text = json.dumps(came) if came is None or isinstance(came, bool) else repr(came)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
