"""The comparison that a task of another kind than images begins with."""

from typing import Any

from distill_core.spec import Experiment, ShippedTeacher, Student
from distill_core.spec.fields import Transfer


def comparison(
    task: str,
    *,
    teacher: str,
    examples: str,
    architecture: str,
    labels: int,
    temperature: float,
    width: float = 1.0,
    **shared: Any,
) -> Experiment:
    """A student on some labels, distilled on the same examples and on all; the control comes along.

    ``teacher``: the name under which it ships; ``examples``: how several are called in names; ``shared``: budget and
    optimiser of the experiment.
    """
    seen: tuple[tuple[str, Transfer], ...] = (("same", "labelled"), ("all", "all"))
    students = tuple(
        Student(
            name=f"KD, {which} {examples}",
            architecture=architecture,
            width=width,
            method="kd",
            temperature=temperature,
            alpha=0.9,
            labels=labels,
            transfer=transfer,
        )
        for which, transfer in seen
    )
    return Experiment(task=task, teacher=ShippedTeacher(name=teacher), students=students, **shared)
