"""The methods of a student, and their settings as losses take them."""

from distill_core.methods import METHODS, Method, MethodSettings, Settings
from distill_core.methods.sums import SOFT_ALONE
from distill_core.spec import Student


def method_settings_of(student: Student) -> tuple[MethodSettings, ...]:
    """Read them off a complete student, of which ``resolve_experiment`` left nothing open."""
    own = Settings(
        temperature=student.temperature,
        alpha=student.alpha,
        parameters=student.parameters,
        standardized=student.standardize,
    )
    added = (
        MethodSettings(
            method=one.method,
            weight=one.weight,
            settings=Settings(
                temperature=one.temperature,
                alpha=None if METHODS.get(one.method).alpha is None else SOFT_ALONE["alpha"],
                parameters=one.parameters,
                standardized=one.standardize,
            ),
        )
        for one in student.also
    )
    return MethodSettings(method=student.method, settings=own), *added


def methods_of(student: Student) -> tuple[Method, ...]:
    """The student's own, and those on top."""
    return tuple(METHODS.get(name) for name in (student.method, *(one.method for one in student.also)))
