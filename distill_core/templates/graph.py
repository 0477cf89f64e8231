"""What a task of a knowledge graph teaches beside its first comparison: who wants how much regularisation, and where
there is no gain. Planning adds the controls."""

from distill_core.spec import Budget, Experiment, Student, TeacherChoice
from distill_core.tasks import TASKS, Task
from distill_core.tasks.graph import medicine
from distill_core.templates.presets import first_experiment

# Chosen on validation questions: what learns from a teacher wants little of N3, and few dimensions want none.
TAUGHT_N3, NARROW_N3 = 0.003, 0.001
NARROW = 0.125  # 4 dimensions
# Of each share of facts in a hundred, missing or wrong, the N3 weight that suits the control best on validation
# questions: none suits all of them.
MISSING = {0: 0.02, 20: 0.02, 40: 0.02, 60: 0.03, 80: 0.12, 90: 0.2, 95: 0.3}
WRONG = {10: 0.16, 20: 0.16, 40: 0.12}


def missing_facts(task: Task, teacher: TeacherChoice, seeds: int = 1) -> dict[int, Experiment]:
    """The first comparison where so many of a hundred training facts are missing; with all of them, one student."""
    first, found = first_experiment(task, teacher, seeds), {}
    for share, n3 in MISSING.items():
        labels = round(task.counts.train * (100 - share) / 100) if share else None
        students = [student.model_copy(update={"labels": labels}) for student in first.students[: 2 if share else 1]]
        found[share] = _regularised(first.model_copy(update={"students": tuple(students)}), n3)
    return found


def wrong_facts(teacher: TeacherChoice, seeds: int = 1) -> dict[int, Experiment]:
    """The first comparison on graphs of which so many of a hundred training facts are wrong."""
    names = medicine.WRONG_OF_100
    return {
        share: _regularised(first_experiment(TASKS.get(names[share]), teacher, seeds), n3)
        for share, n3 in WRONG.items()
    }


def own_weight(task: Task, teacher: TeacherChoice, seeds: int = 1) -> Experiment:
    """The first comparison with the N3 weight that suits the distilled students best; the control wants another."""
    first = first_experiment(task, teacher, seeds)
    return _regularised(first, TAUGHT_N3)


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


def _regularised(experiment: Experiment, n3: float) -> Experiment:
    return experiment.model_copy(update={"optimiser": experiment.optimiser.model_copy(update={"n3": n3})})
