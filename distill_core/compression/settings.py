"""Resolves a Change to complete Settings of its step."""

from collections.abc import Mapping

from distill_core.compression.base import CompressionStep, Settings
from distill_core.errors import InvalidSetting
from distill_core.spec import Change


def resolve_settings(step: CompressionStep, change: Change) -> Settings:
    """The change's settings with the step's defaults, without parameters that its choices do not use.

    Raises: InvalidSetting for a name that the step does not have or, with these choices, does not use, and for a value
    out of range.
    """
    choices = {name: known[0] for name, known in step.choices.items()} | _chosen(step, change.choices)
    used = {name: value for name, value in step.parameters.items() if is_used(step, name, choices)}
    return Settings(parameters={**used, **_numbers(step, change.parameters, choices)}, choices=choices)


def _chosen(step: CompressionStep, choices: Mapping[str, str]) -> dict[str, str]:
    for name, value in choices.items():
        if name not in step.choices:
            raise _unknown("choices", step, tuple(step.choices), name)
        if value not in step.choices[name]:
            raise _wrong(name, f"one of {', '.join(step.choices[name])}", repr(value), "choose one of these")
    return dict(choices)


def _numbers(step: CompressionStep, parameters: Mapping[str, float], choices: Mapping[str, str]) -> dict[str, float]:
    for name, value in parameters.items():
        if name not in step.parameters:
            raise _unknown("parameters", step, tuple(step.parameters), name)
        if not is_used(step, name, choices):
            choice, expected = step.only[name]
            raise _wrong(name, f"nothing: it belongs to {choice} {expected!r}", f"{value:g}", "leave it out")
        low, high = step.ranges[name]
        if not low <= value <= high:
            raise _wrong(name, f"{low:g} to {high:g}", f"{value:g}", "choose a value in that range")
        if name in step.whole and value != int(value):
            raise _wrong(name, "a whole number", f"{value:g}", "leave the fraction out")
    return dict(parameters)


def is_used(step: CompressionStep, name: str, choices: Mapping[str, str]) -> bool:
    """Whether a step uses a parameter with these (complete) choices."""
    choice, wanted = step.only.get(name, ("", ""))
    return not choice or choices[choice] == wanted


def _unknown(what: str, step: CompressionStep, known: tuple[str, ...], got: str) -> InvalidSetting:
    return _wrong(what, f"those of {step.name!r}: {', '.join(known) or 'none'}", got, "leave it out")


def _wrong(what: str, expected: str, got: object, hint: str) -> InvalidSetting:
    return InvalidSetting(what, expected=expected, got=got, hint=hint)
