"""What an experiment will do, in sentences."""

from distill_core.architectures import ARCHITECTURES
from distill_core.experiment import Experiment, Student
from distill_core.methods import METHODS
from distill_core.pipeline.teachers import KnownTeacher
from distill_core.tasks import TASKS

__all__ = ["sentences", "title"]


def title(experiment: Experiment) -> str:
    """A few words for a list of jobs."""
    students = [student for student in experiment.students if student.role == "student"]
    networks = list(dict.fromkeys(ARCHITECTURES.get(student.architecture).title for student in students))
    names = ", ".join(networks[:2]) + (f" and {len(networks) - 2} more" if len(networks) > 2 else "")
    labels = _labels(students[0])
    seeds = max(len(student.seeds) for student in students)
    return f"{_count(len(students), 'student')}: {names}; {labels}; {_count(seeds, 'seed')}"


def sentences(experiment: Experiment, teacher: KnownTeacher) -> tuple[str, ...]:
    """Who learns what from whom, and for how long."""
    task = TASKS.get(experiment.task)
    budget = experiment.budget
    views = (
        f"The teacher looks once at {experiment.views} views of each image."
        if experiment.mode == "cached"
        else "Every batch shows fresh views, and the teacher looks at each."
    )
    return (
        f"{teacher.title} teaches on {task.title}. It was trained on all the labels.",
        *(_sentence(student, experiment) for student in experiment.students),
        f"Everybody takes {budget.updates:,} steps of {budget.batch_size} images. {views}",
    )


def _sentence(student: Student, experiment: Experiment) -> str:
    method = METHODS.get(student.method)
    network = ARCHITECTURES.get(student.architecture).title
    settings = ", ".join(
        f"{name} {value:g}"
        for name, value in (("T", student.temperature), ("alpha", student.alpha), *student.parameters.items())
        if value is not None
    )
    how = method.title + (f" ({settings})" if settings else "")
    visible = student.labels if student.transfer == "labelled" else None
    count = TASKS.get(experiment.task).train_images
    passes = experiment.budget.updates * experiment.budget.batch_size / (visible or count)
    sees = "" if student.transfer == "labelled" else f" and the teacher's answers to all {count:,} images"
    never = f", never an image of {student.missing_class}" if student.missing_class else ""
    who = "Control" if student.role == "control" else student.name
    seeds = _count(len(student.seeds), "seed")
    return f"{who}: {network}, {how}, {_labels(student)}{sees}{never}, {passes:.3g} passes, {seeds}."


def _labels(student: Student) -> str:
    return "all labels" if student.labels is None else _count(student.labels, "label")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
