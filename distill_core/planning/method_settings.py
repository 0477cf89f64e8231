"""The methods of a student and their settings."""

from distill_core.methods import METHODS, Method, MethodSettings, Settings
from distill_core.methods.sums import SOFT_ALONE
from distill_core.spec import Student


def method_settings_of(student: Student) -> tuple[MethodSettings, ...]:
    """The settings of the methods of a resolved student, its own method first."""
    settings = Settings(
        temperature=student.temperature,
        alpha=student.alpha,
        parameters=student.parameters,
        standardized=student.standardize,
    )
    others = (
        MethodSettings(
            method=added.method,
            weight=added.weight,
            settings=Settings(
                temperature=added.temperature,
                alpha=None if METHODS.get(added.method).alpha is None else SOFT_ALONE["alpha"],
                parameters=added.parameters,
                standardized=added.standardize,
            ),
        )
        for added in student.also
    )
    return MethodSettings(method=student.method, settings=settings), *others


def methods_of(student: Student) -> tuple[Method, ...]:
    """The student's own method, then the added ones."""
    return tuple(METHODS.get(name) for name in (student.method, *(added.method for added in student.also)))
