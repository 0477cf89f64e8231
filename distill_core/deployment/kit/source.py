"""What a kit is made of: a run, its task, some test examples with the lab's answers, and what a model card tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from distill_core.errors import InvalidSetting, said
from distill_core.store import RunRecord
from distill_core.tasks import Task

PRECISIONS = ("float32", "float16", "int8")
# In a kit beside the card: the experiment that made the run, and the command for it.
SPECIFICATION = "specification.json"
COMMAND = f"python -m distill_core run {SPECIFICATION}"

Told = Callable[[float, str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class CardFacts:
    """What the lab knows of a run: rows of its summary (student, control, teacher), latencies and robustness as rows,
    what stands in each table's order."""

    student: Mapping[str, Any]
    control: Mapping[str, Any] | None = None
    teacher: Mapping[str, Any] | None = None
    latencies: Sequence[Mapping[str, Any]] = ()
    robustness: Sequence[Mapping[str, Any]] = ()
    robustness_examples: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class KitSource:
    """``examples``: the first test examples, (N, *shape), as networks take them; ``logits_N``: the lab's stored answers
    to them, None where they are not kept. ``file`` gives the run's ONNX file in a precision; ``own``: the number format
    of its own."""

    run: RunRecord
    title: str
    own: str
    task: Task
    test: Any
    examples: np.ndarray
    logits_N: np.ndarray | None
    file: Callable[[str], bytes]
    specification: str
    facts: CardFacts


def checked_precisions(own: str, wanted: Sequence[str]) -> tuple[str, ...]:
    """The precisions of a kit, each once; by default that of the run's own file. Raises InvalidSetting for an unknown
    one, and for one that a run in fewer bits does not have."""
    asked = tuple(dict.fromkeys(wanted)) or (own,)
    for name in asked:
        if name not in PRECISIONS:
            expected, hint = said("{names}", ", ".join(PRECISIONS)), "choose one or several of them"
            raise InvalidSetting("a precision", expected=expected, got=repr(name), hint=hint)
        if own != "float32" and name != own:
            got = said("a run whose file is in {own}", own)
            hint = "leave the precision out, or export the run that it was made of"
            raise InvalidSetting(said("a file in {name}", name), expected="a run in float32", got=got, hint=hint)
    return asked
