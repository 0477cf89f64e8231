"""Specifications: frozen, validated data, JSON both ways, with readable errors and a fingerprint."""

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Strict, ValidationError

from distill_core.errors import InvalidSetting, Names, Said, said

LONGEST_SHOWN, MOST_SHOWN = 60, 10
# Of the largest experiment: ten times as long as 200 students with all that they can say.
LONGEST_TEXT = 4_000_000
# In UTF-32, with a byte order mark. One byte more shows that a file is too long.
MOST_BYTES = 4 * LONGEST_TEXT + 4
# Control characters, halves of pairs that no encoding can write, separators of lines and paragraphs.
UNREADABLE = {"Cc", "Cs", "Zl", "Zp"}
PROBLEM = "expected {expected}, got {got}; {hint}"
# The error of an object whose ``kind`` is not among those that its context names as expected.
UNKNOWN_KIND = "unknown_kind"

AN_OBJECT = "an object"
# What a value should be, by the type of pydantic's error.
EXPECTED = {
    "int_type": "a valid integer",
    "int_from_float": "a valid integer",
    "float_type": "a valid number",
    "finite_number": "a finite number",
    "bool_type": "a valid boolean",
    "string_type": "a valid string",
    "tuple_type": "a valid list",
    "model_type": AN_OBJECT,
    "mapping_type": AN_OBJECT,
    "dict_type": AN_OBJECT,
    "model_attributes_type": AN_OBJECT,
    "greater_than": "greater than {gt:.10g}",
    "greater_than_equal": "greater than or equal to {ge:.10g}",
    "less_than": "less than {lt:.10g}",
    "less_than_equal": "less than or equal to {le:.10g}",
    "too_short": "at least {min_length} items",
    "too_long": "at most {max_length} items",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "pattern '{pattern}'",
    "literal_error": "{expected}",
}
# Where the number is 1.
EXPECTED_ONE = {
    "too_short": "at least {min_length} item",
    "too_long": "at most {max_length} item",
    "string_too_short": "at least {min_length} character",
    "string_too_long": "at most {max_length} character",
}

Item = TypeVar("Item")
# Python's lists and ranges are taken as tuples; what is inside stays strict.
Several = Annotated[tuple[Item, ...], Strict(False)]


@dataclass(frozen=True, slots=True)
class Problem:
    """One error of a specification. ``path``: keys, and indices of items from 0, from the outside in; empty for the
    whole. ``name``: that of the student, or of another item of a list, that the path leads into.
    """

    path: tuple[str | int, ...]
    text: str
    name: str | None = None


class InvalidSpecification(InvalidSetting):
    """Fields that cannot work, each with its place; ``more`` is how many are not among them."""

    def __init__(self, problems: Sequence[Problem], more: int = 0) -> None:
        self.problems, self.more = tuple(problems), more
        super().__init__(self.formatted(lambda path: ".".join(map(str, path))))

    def formatted(self, place: Callable[[Sequence[str | int]], str]) -> Said:
        """The message; ``place`` turns a path into words."""
        lines = [_line(problem, place(problem.path)) for problem in self.problems]
        more = [said("and {count:,} more like these", self.more)] if self.more else []
        return said("the specification cannot be used: {problems:; }", Names([*lines, *more]))

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.problems, self.more)


class Specification(BaseModel):
    """Frozen, validated data, JSON both ways. True is no number, and neither is a text; 4 is a float like 4.0."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """A specification from plain values. Raises InvalidSpecification that names each field that is wrong."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise InvalidSpecification(*_problems(error, values)) from None

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a specification; bytes in UTF-8, UTF-16 or UTF-32, with a byte order mark or without.

        Raises: InvalidSpecification that names each field that is wrong, the first ten of many, or one that comes
        twice.
        """
        plain = _decoded(text)
        try:
            specification = cls.model_validate_json(plain)
        except ValidationError as error:
            raise InvalidSpecification(*_problems(error, _parsed(plain))) from None
        _check_once(plain)
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
        raise ValueError(
            said("expected characters that can be read, got {shown}; remove the control characters", _shown(text))
        )
    return text


def _decoded(text: str | bytes) -> str:
    if isinstance(text, bytes) and len(text) > MOST_BYTES:
        raise _refused(said("at most {count:,} characters", LONGEST_TEXT), "more than that", "split it")
    try:
        # Windows' shell writes UTF-16, and editors a byte order mark.
        plain = text.decode(json.detect_encoding(text)) if isinstance(text, bytes) else text
        plain.encode()
    except UnicodeError as error:
        raise _refused("characters in UTF-8 or UTF-16", error, "save it as UTF-8") from None
    if len(plain) > LONGEST_TEXT:
        raise _refused(said("at most {count:,} characters", LONGEST_TEXT), said("{value:,}", len(plain)), "split it")
    return plain.removeprefix("\ufeff")


def _refused(expected: str, got: object, hint: str) -> InvalidSpecification:
    return InvalidSpecification([Problem(("the text",), _text(expected, got, hint))])


class _Twice(dict[str, Any]):
    """An object of the text in which a field comes twice."""

    field: str


def _check_once(text: str) -> None:
    """Raises InvalidSpecification for a field that comes twice, with its place; JSON takes the last one."""
    seen: list[_Twice] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            fields = _Twice(fields)
            counts = Counter(name for name, _ in pairs)
            fields.field = next(name for name, count in counts.items() if count > 1)
            seen.append(fields)
        return fields

    values = json.loads(text, object_pairs_hook=once, parse_int=str, parse_float=str)
    if seen:
        last = seen[-1]  # within no other one, which would have come after it: so it is among the values
        path = (*_path_to(last, values), last.field)
        problem = _text("each field once", "this one twice", "remove one of them")
        raise InvalidSpecification([Problem(path, problem, _name(path, values))])


def _path_to(target: object, values: Any) -> tuple[str | int, ...]:
    """Keys and numbers of items from the outside in."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), values)]
    while True:
        path, value = waiting.pop()
        if value is target:
            return path
        inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting += [((*path, part), value) for part, value in inside]


def _parsed(text: str) -> Any:
    """The text as plain values, for the names in it; None where it is no JSON."""
    try:
        return json.loads(text, parse_int=float)
    except (ValueError, RecursionError):
        return None


def _problems(error: ValidationError, values: Any) -> tuple[list[Problem], int]:
    """The first problems, each with the name of what it belongs to in ``values``; and how many more there are."""
    details = error.errors(include_url=False)
    around = {detail["loc"][:length] for detail in details for length in range(len(detail["loc"]))}
    # pydantic leaves an item that is wrong out of its list, and then finds the list too short.
    wrong = [detail for detail in details if not (detail["type"] == "too_short" and detail["loc"] in around)]
    shown = [replace(_problem(detail), name=_name(detail["loc"], values)) for detail in wrong[:MOST_SHOWN]]
    return shown, len(wrong) - len(shown)


def _name(path: Sequence[int | str], values: Any) -> str | None:
    """The name of the student, or of another item of a list, that a wrong field belongs to."""
    name = None
    for part in path:
        try:
            values = values[part]
        except (LookupError, TypeError):
            break
        if isinstance(part, int) and isinstance(values, Mapping):
            name = values.get("name", name)
    return name if isinstance(name, str) and path[-1] != "name" else None


def _problem(detail: Any) -> Problem:
    path = detail["loc"]
    match detail["type"]:
        case "value_error":
            return Problem(path, detail["ctx"]["error"].args[0])
        case "json_invalid":
            wrong = detail["ctx"]["error"]
            return Problem(("the text",), _text("JSON", wrong, "mend brackets, commas and quotes there"))
        case "missing":
            return Problem(path, _text("a value", "nothing", "add it"))
        case "extra_forbidden":
            return Problem(path, _text("only known fields", "this one", "remove it or correct its name"))
        case kind if kind == UNKNOWN_KIND:
            got = detail["input"].get("kind", "nothing")
            return Problem((*path, "kind"), _text(detail["ctx"]["expected"], got, "choose one of these"))
    expected = _expected(detail)
    hint = 'give its fields in braces: {"field": value}' if expected == AN_OBJECT else "change it"
    return Problem(path or ("the specification",), _text(expected, _shown(detail["input"]), hint))


def _line(problem: Problem, place: str) -> str:
    where = place + (f" ({_shown(problem.name)})" if problem.name is not None else "")
    return said("{where}: {problem}", where, problem.text) if where else problem.text


def _text(expected: str, got: object, hint: str) -> Said:
    return said(PROBLEM, expected, got if str(got) else "nothing", hint)


def _expected(detail: Any) -> str:
    """What a value should be, by the type of pydantic's error and its numbers; else pydantic's own message."""
    if detail["type"] not in EXPECTED:
        return str(detail["msg"])
    numbers = detail.get("ctx", {})
    several = 1 not in (numbers.get("min_length"), numbers.get("max_length"))
    return Said((EXPECTED if several else EXPECTED | EXPECTED_ONE)[detail["type"]], numbers)


def _shown(got: object) -> str:
    if isinstance(got, dict):
        return AN_OBJECT
    if isinstance(got, list | tuple):
        return said("a list of {count}", len(got))
    text = json.dumps(got) if got is None or isinstance(got, bool) else repr(got)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
