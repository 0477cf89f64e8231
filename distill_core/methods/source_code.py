"""The source code of a method's loss, as Python runs it."""

from collections.abc import Iterable, Iterator
from functools import cache
from inspect import getsource, isfunction, unwrap
from types import CodeType, FunctionType
from typing import Any

from distill_core.methods.base import Method
from distill_core.methods.standardization import compared_logits

PACKAGE = "distill_core.methods."
# What surrounds the loss of every method: builders, checks, pictures.
SHARED = {
    f"{PACKAGE}{name}"
    for name in ("base", "checks", "feature_maps", "feature_terms", "logit_terms", "pictures", "rows", "settings")
}


def loss_source(method: Method) -> str:
    """The functions that compute a method's own loss, the outermost first, as they stand in their files.

    Left out is what surrounds every loss: builders, checks, the choice of the logits.
    """
    return "\n\n".join(map(_text, loss_functions(method)))


@cache
def _text(function: FunctionType) -> str:
    return getsource(function)


def loss_functions(method: Method) -> tuple[FunctionType, ...]:
    """The functions of ``loss_source``, each once."""
    found: dict[FunctionType, None] = {}
    waiting: list[FunctionType] = list(_functions([method.build]))
    while waiting:
        function = waiting.pop(0)
        if function not in found:
            found[function] = None
            waiting += _functions(_reached(function))
    return tuple(function for function in found if _is_own(function))


def _is_own(function: FunctionType) -> bool:
    """A function with a name at the top of a file: a function inside of another is a part of its text."""
    return function.__module__ not in SHARED and function.__qualname__ == function.__name__.strip("<>")


def _functions(values: Iterable[Any]) -> Iterator[FunctionType]:
    for value in values:
        if isinstance(value, dict | tuple):  # as a table of terms by name
            yield from _functions(value.values() if isinstance(value, dict) else value)
        elif callable(value) and isfunction(function := unwrap(value)):
            yield function


def _reached(function: FunctionType) -> list[Any]:
    """What a function closes over and what it names among its file's own, unless it is shared: builders only close."""
    closed = [cell.cell_contents for cell in function.__closure__ or ()]
    if function.__module__ in SHARED:
        return closed
    named = (function.__globals__.get(name) for name in _names(function.__code__))
    return closed + [value for value in named if not _is_shared(value)]


def _is_shared(value: Any) -> bool:
    module = str(getattr(value, "__module__", PACKAGE))
    return value is compared_logits or module in SHARED or not module.startswith(PACKAGE)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from _names(part)
