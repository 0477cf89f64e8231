"""From what a student asks for to complete settings, or a refusal that says why."""

from distill_core.errors import InvalidSetting, explain
from distill_core.experiment import Student
from distill_core.methods.entry import Method, Settings

__all__ = ["settle"]


def settle(method: Method, student: Student) -> Settings:
    """The student's settings with the method's defaults filled in.

    Raises: InvalidSetting for a number that the method does not use, does not know, or that is out of its range.
    """
    return Settings(
        temperature=_used(method, "temperature", student.temperature, method.temperature),
        alpha=_used(method, "alpha", student.alpha, method.alpha),
        parameters={**method.parameters, **_known(method, student)},
    )


def _used(method: Method, name: str, came: float | None, default: float | None) -> float | None:
    if default is None and came is not None:
        raise InvalidSetting(
            explain(name, wanted=f"nothing: {method.name!r} does not use it", came=came, do=f"leave {name} out")
        )
    return default if came is None else came


def _known(method: Method, student: Student) -> dict[str, float]:
    for name, value in student.parameters.items():
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
    return dict(student.parameters)
