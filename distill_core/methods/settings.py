"""From what a student asks for to complete settings, or a refusal that says why."""

from collections.abc import Mapping

from distill_core.errors import InvalidSetting, explain
from distill_core.experiment import AddedMethod, Student
from distill_core.methods.base import Method, Settings
from distill_core.methods.sums import SOFT_ALONE, can_be_added

__all__ = ["non_default_settings", "resolve_added_settings", "resolve_settings"]


def resolve_settings(method: Method, student: Student) -> Settings:
    """The student's settings with the method's defaults filled in.

    Raises: InvalidSetting for a number that the method does not use, does not know, or that is out of its range.
    """
    if method.exclusive and student.also:
        wanted, do = f"nothing on top of {method.name!r}: it goes with no other method", "leave it out"
        raise InvalidSetting(explain("also", wanted=wanted, came=student.also[0].method, do=do))
    return Settings(
        temperature=_used(method, "temperature", student.temperature, method.temperature),
        alpha=_used(method, "alpha", student.alpha, method.alpha),
        parameters={**method.parameters, **_known(method, student.parameters)},
        standardized=_standardized(method, student.standardize),
    )


def resolve_added_settings(method: Method, added: AddedMethod) -> Settings:
    """The same for a method on top of another one, whose own term for labels is left out.

    Raises: InvalidSetting also for a method that is nothing but its term for labels.
    """
    if not can_be_added(method):
        wanted, do = "one with a term that asks the teacher", "choose another one, or make it the student's method"
        raise InvalidSetting(explain("a method on top of another", wanted=wanted, came=repr(method.name), do=do))
    weight = added.parameters.get("hard_weight", 0.0)
    if weight != 0.0:
        wanted, do = "0 for an added method: the student's own looks at labels", "leave it out"
        raise InvalidSetting(explain("hard_weight", wanted=wanted, came=f"{weight:g}", do=do))
    parameters = {**method.parameters, **_known(method, added.parameters)}
    return Settings(
        temperature=_used(method, "temperature", added.temperature, method.temperature),
        alpha=None if method.alpha is None else SOFT_ALONE["alpha"],
        parameters={name: SOFT_ALONE.get(name, value) for name, value in parameters.items()},
        standardized=_standardized(method, added.standardize),
    )


def non_default_settings(method: Method, added: AddedMethod) -> dict[str, float]:
    """The numbers in which a settled method on top of another differs from its defaults there."""
    default = resolve_added_settings(method, AddedMethod(method=added.method))
    numbers = {"T": added.temperature, **added.parameters, "standardize": float(added.standardize)}
    usual = {"T": default.temperature, **default.parameters, "standardize": 0.0}
    return {name: value for name, value in numbers.items() if value is not None and value != usual[name]}


def _used(method: Method, name: str, came: float | None, default: float | None) -> float | None:
    if default is None and came is not None:
        raise InvalidSetting(
            explain(name, wanted=f"nothing: {method.name!r} does not use it", came=came, do=f"leave {name} out")
        )
    return default if came is None else came


def _standardized(method: Method, came: bool) -> bool:
    if came and not method.standardizes:
        wanted, do = f"nothing: {method.name!r} compares no logits that could be standardised", "leave it out"
        raise InvalidSetting(explain("standardize", wanted=wanted, came=came, do=do))
    return came


def _known(method: Method, parameters: Mapping[str, float]) -> dict[str, float]:
    for name, value in parameters.items():
        if name not in method.parameters:
            known = ", ".join(method.parameters) or "none"
            raise InvalidSetting(
                explain("parameters", wanted=f"those of {method.name!r}: {known}", came=name, do="leave it out")
            )
        low, high = method.ranges.get(name, (float("-inf"), float("inf")))
        if not low <= value <= high:
            raise InvalidSetting(
                explain(name, wanted=f"{low:g} to {high:g}", came=f"{value:g}", do="choose a value in that range")
            )
    return dict(parameters)
