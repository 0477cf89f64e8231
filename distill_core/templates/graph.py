"""What a task of a knowledge graph teaches beside its first comparison: who wants how much regularisation, and where
there is no gain. Planning adds the controls."""

from distill_core.spec import Budget, Experiment, Student, TeacherChoice
from distill_core.tasks import Task
from distill_core.templates.presets import first_experiment

# Chosen on validation questions: what learns from a teacher wants little of N3, and few dimensions want none.
TAUGHT_N3, NARROW_N3 = 0.003, 0.001
NARROW = 0.125  # 4 dimensions


def own_weight(task: Task, teacher: TeacherChoice, seeds: int = 1) -> Experiment:
    """The first comparison with the N3 weight that suits the distilled students best; the control wants another."""
    first = first_experiment(task, teacher, seeds)
    return first.model_copy(update={"optimiser": first.optimiser.model_copy(update={"n3": TAUGHT_N3})})


def all_facts(task: Task, teacher: TeacherChoice, seeds: int = 1) -> Experiment:
    """All facts and few dimensions, where a teacher has nothing to add."""
    first = first_experiment(task, teacher, seeds)
    (same, *_) = first.students
    student = same.model_dump() | {"width": NARROW, "labels": None, "transfer": "labelled"}
    return first.model_copy(
        update={
            "students": (Student.model_validate(student),),
            "optimiser": first.optimiser.model_copy(update={"n3": NARROW_N3}),
            "budget": Budget(updates=2 * first.budget.updates, batch_size=first.budget.batch_size),
        }
    )
