"""A specification: frozen, validated data, JSON both ways, with errors that people can read and a fingerprint."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from distill_core.errors import InvalidSetting

__all__ = ["InvalidSpecification", "Problem", "Specification", "fingerprint"]

LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one place: keys and numbers of items, counted from 0, from the outside in; none is the whole."""

    path: tuple[str | int, ...]
    text: str


class InvalidSpecification(InvalidSetting):
    """Fields that cannot work, each with its place."""

    LEAD = "the specification cannot be used: "

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = (": ".join(filter(None, (".".join(map(str, one.path)), one.text))) for one in problems)
        super().__init__(self.LEAD + "; ".join(lines))

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), (self.problems,)


class Specification(BaseModel):
    """Frozen, validated data, JSON both ways."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """A specification from plain values. Raises InvalidSpecification that names each field that is wrong."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise InvalidSpecification(_problems(error)) from None

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a specification. Raises InvalidSpecification that names each field that is wrong."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise InvalidSpecification(_problems(error)) from None

    def to_json(self) -> str:
        return self.model_dump_json(indent=2)


def fingerprint(*parts: object) -> str:
    """SHA-256 (hex) of specifications, hashes and plain values, the same on every machine."""
    plain = [part.model_dump(mode="json") if isinstance(part, BaseModel) else part for part in parts]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _problems(error: ValidationError) -> list[Problem]:
    details = error.errors(include_url=False)
    return [_problem(one) for one in details if not _echo(one, details)]


def _echo(detail: Any, details: Sequence[Any]) -> bool:
    # pydantic leaves an item that is wrong out of its list, and then finds the list too short.
    inside = (other["loc"][: len(detail["loc"])] for other in details if len(other["loc"]) > len(detail["loc"]))
    return detail["type"] == "too_short" and detail["loc"] in inside


def _problem(detail: Any) -> Problem:
    path = detail["loc"]
    match detail["type"]:
        case "value_error":
            return Problem(path, str(detail["ctx"]["error"]))
        case "json_invalid":
            wrong = detail["ctx"]["error"]
            return Problem(("the text",), _said("JSON", wrong, "mend brackets, commas and quotes there"))
        case "missing":
            return Problem(path, _said("a value", "nothing", "add it"))
        case "extra_forbidden":
            return Problem(path, _said("only known fields", "this one", "remove it or correct its name"))
        case "union_tag_invalid" | "union_tag_not_found":
            came = detail["ctx"].get("tag", "nothing")
            inside = "ensemble" in path
            wanted = "shipped, run or train" if inside else "shipped, run, train or ensemble"
            return Problem((*path, "kind"), _said(wanted, came, "choose one of these"))
    return Problem(path or ("the specification",), _said(_wanted(detail["msg"]), _shown(detail["input"]), "change it"))


def _said(wanted: str, came: object, do: str) -> str:
    return f"wanted {wanted}, came {str(came) or 'nothing'}; {do}"


def _wanted(message: str) -> str:
    """The middle of pydantic's sentence: ``Input should be a valid integer, got ...`` to ``a valid integer``."""
    found = re.match(r"\w+ should (?:be |have |match )?(.+?)(?: after validation.*|, (?:got|unable) .*)?$", message)
    return found[1] if found else message


def _shown(came: object) -> str:
    if isinstance(came, dict):
        return "an object"
    if isinstance(came, list | tuple):
        return f"a list of {len(came)}"
    text = repr(came)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
