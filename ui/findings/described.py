"""What an experiment does, in sentences: its teacher, each student, and the budget."""

from dataclasses import dataclass

from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.spec import Experiment
from distill_core.tasks import Task
from ui.findings import plan
from ui.findings.sentences import say

__all__ = ["PlanSentence", "describe_experiment"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanSentence:
    """A sentence of a plan about one student, or (None) about the whole experiment."""

    text: str
    student: str | None = None


def describe_experiment(experiment: Experiment, teacher: ResolvedTeacher, task: Task) -> tuple[PlanSentence, ...]:
    """Sentences about the teacher, each student, and the budget."""
    first, *students, budget, views = plan.found(experiment, teacher, task)
    return (
        PlanSentence(text=say(first)),
        *(PlanSentence(text=say(fact), student=fact.name) for fact in students if isinstance(fact, plan.Planned)),
        PlanSentence(text=f"{say(budget)} {say(views)}"),
    )
