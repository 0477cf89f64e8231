"""Resolves the method of a student, and methods added to it, to complete Settings."""

from distill_core.errors import InvalidSetting, said
from distill_core.methods.base import Method, Settings
from distill_core.methods.sums import SOFT_ALONE, can_be_added
from distill_core.spec import AddedMethod, Student
from distill_core.spec.parameters import resolve


def resolve_settings(method: Method, student: Student) -> Settings:
    """The student's settings with the method's defaults filled in.

    Raises: InvalidSetting for a number that the method does not use, does not know, or that is out of its range.
    """
    if method.exclusive and student.also:
        expected, hint = said("nothing on top of {method!r}: it goes with no other method", method.name), "leave it out"
        raise InvalidSetting("also", expected=expected, got=student.also[0].method, hint=hint)
    return Settings(
        temperature=_used(method, "temperature", student.temperature, method.temperature),
        alpha=_used(method, "alpha", student.alpha, method.alpha),
        parameters=resolve(method.name, method.parameters, student.parameters),
        standardized=_standardized(method, student.standardize),
    )


def resolve_added_settings(method: Method, added: AddedMethod) -> Settings:
    """The settings of a method that is added to another one, without its own cross-entropy.

    Raises: InvalidSetting also for a method without a term that reads the teacher.
    """
    if not can_be_added(method):
        expected, hint = "one with a term that asks the teacher", "choose another one, or make it the student's method"
        raise InvalidSetting("a method on top of another", expected=expected, got=repr(method.name), hint=hint)
    weight = added.parameters.get("hard_weight", 0.0)
    if weight != 0.0:
        expected, hint = "0 for an added method: the student's own looks at labels", "leave it out"
        raise InvalidSetting("hard_weight", expected=expected, got=said("{value:g}", weight), hint=hint)
    parameters = resolve(method.name, method.parameters, added.parameters)
    return Settings(
        temperature=_used(method, "temperature", added.temperature, method.temperature),
        alpha=None if method.alpha is None else SOFT_ALONE["alpha"],
        parameters={name: SOFT_ALONE.get(name, value) for name, value in parameters.items()},
        standardized=_standardized(method, added.standardize),
    )


def non_default_settings(method: Method, added: AddedMethod) -> dict[str, float]:
    """The settings of an added method that differ from its defaults as an added method."""
    default = resolve_added_settings(method, AddedMethod(method=added.method))
    numbers = {"T": added.temperature, **added.parameters, "standardize": float(added.standardize)}
    usual = {"T": default.temperature, **default.parameters, "standardize": 0.0}
    return {name: value for name, value in numbers.items() if value is not None and value != usual[name]}


def _used(method: Method, name: str, got: float | None, default: float | None) -> float | None:
    if default is None and got is not None:
        raise InvalidSetting(
            name,
            expected=said("nothing: {method!r} does not use it", method.name),
            got=got,
            hint=said("leave {name} out", name),
        )
    return default if got is None else got


def _standardized(method: Method, got: bool) -> bool:
    if got and not method.standardizes:
        expected, hint = (
            said("nothing: {method!r} compares no logits that could be standardised", method.name),
            "leave it out",
        )
        raise InvalidSetting("standardize", expected=expected, got=got, hint=hint)
    return got
