"""A specification: frozen, validated data, JSON both ways, with errors that people can read and a fingerprint."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from distill_core.errors import InvalidSetting, explain

__all__ = ["Specification", "fingerprint"]

LONGEST_SHOWN = 60


class Specification(BaseModel):
    """Frozen, validated data, JSON both ways."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """A specification from plain values. Raises InvalidSetting that names each field that is wrong."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise InvalidSetting(_plain(error)) from None

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a specification. Raises InvalidSetting that names each field that is wrong."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise InvalidSetting(_plain(error)) from None

    def to_json(self) -> str:
        return self.model_dump_json(indent=2)


def fingerprint(*parts: object) -> str:
    """SHA-256 (hex) of specifications, hashes and plain values, the same on every machine."""
    plain = [part.model_dump(mode="json") if isinstance(part, BaseModel) else part for part in parts]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _plain(error: ValidationError) -> str:
    details = error.errors(include_url=False)
    return "the specification cannot be used: " + "; ".join(_line(one) for one in details if not _echo(one, details))


def _echo(detail: Any, details: Sequence[Any]) -> bool:
    # pydantic leaves an item that is wrong out of its list, and then finds the list too short.
    inside = (other["loc"][: len(detail["loc"])] for other in details if len(other["loc"]) > len(detail["loc"]))
    return detail["type"] == "too_short" and detail["loc"] in inside


def _line(detail: Any) -> str:
    place = ".".join(str(part) for part in detail["loc"])
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
            return explain(f"{place}.kind", wanted=wanted, came=came, do="choose one of these")
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
    text = repr(came)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
