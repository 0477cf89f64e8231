"""The numbers and choices of a method or a compression step, and the check of those that a specification gives."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import TypeVar

from distill_core.errors import InvalidSetting, Names, said

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number from ``low`` to ``high``. ``help`` is a sentence for a form. ``whole``: an integer. ``only``: a choice
    and the one option of it that uses the parameter."""

    default: float
    low: float
    high: float
    help: str = ""
    _: KW_ONLY
    whole: bool = False
    only: tuple[str, str] | None = None

    def is_used(self, choices: Mapping[str, str]) -> bool:
        """Whether these choices, which are complete, use the parameter."""
        return self.only is None or choices[self.only[0]] == self.only[1]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of ``options``, the first by default. ``help`` is a sentence for a form."""

    options: tuple[str, ...]
    help: str = ""

    @property
    def default(self) -> str:
        return self.options[0]


def resolve_choices(owner: str, choices: Mapping[str, Choice], given: Mapping[str, str]) -> dict[str, str]:
    """All choices of ``owner``, those that are not given at their defaults. Raises: InvalidSetting."""
    for name, option in given.items():
        options = _known("choices", owner, choices, name).options
        if option not in options:
            raise InvalidSetting(
                name,
                expected=said("one of {options}", Names(options)),
                got=repr(option),
                hint="choose one of these",
            )
    return {name: given.get(name, choice.default) for name, choice in choices.items()}


def resolve(
    owner: str,
    parameters: Mapping[str, Parameter],
    given: Mapping[str, float],
    choices: Mapping[str, str] | None = None,
) -> dict[str, float]:
    """All parameters of ``owner`` that its choices use, those that are not given at their defaults.

    Raises: InvalidSetting for a name that ``owner`` does not have or, with these choices, does not use, and for a value
    out of range.
    """
    chosen = choices or {}
    for name, value in given.items():
        parameter = _known("parameters", owner, parameters, name)
        if parameter.only and not parameter.is_used(chosen):
            choice, option = parameter.only
            expected = said("nothing: it belongs to {choice} {option!r}", choice, option)
            raise InvalidSetting(name, expected=expected, got=said("{value:g}", value), hint="leave it out")
        if not parameter.low <= value <= parameter.high:
            expected = said("{low:g} to {high:g}", parameter.low, parameter.high)
            raise InvalidSetting(
                name, expected=expected, got=said("{value:g}", value), hint="choose a value in that range"
            )
        if parameter.whole and value != int(value):
            raise InvalidSetting(
                name, expected="a whole number", got=said("{value:g}", value), hint="leave the fraction out"
            )
    used = {name: parameter for name, parameter in parameters.items() if parameter.is_used(chosen)}
    return {name: given.get(name, parameter.default) for name, parameter in used.items()}


def _known(what: str, owner: str, entries: Mapping[str, Entry], name: str) -> Entry:
    if name not in entries:
        expected = said("those of {owner!r}: {names}", owner, Names(entries) or "none")
        raise InvalidSetting(what, expected=expected, got=name, hint="leave it out")
    return entries[name]
