"""What an experiment does, in sentences: its teacher, each student, and the budget."""

from dataclasses import dataclass

from distill_core.methods import METHODS, non_default_settings
from distill_core.networks import ARCHITECTURES
from distill_core.planning.initialization import step_of
from distill_core.planning.method_settings import methods_of
from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.robustness.corruptions import CORRUPTIONS
from distill_core.spec import TEACHER_NAME, AddedMethod, Experiment, Start, Student
from distill_core.tasks import Task
from ui.text import words

__all__ = ["PlanSentence", "describe_experiment"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanSentence:
    """A sentence of a plan about one student, or (None) about the whole experiment."""

    text: str
    student: str | None = None


def describe_experiment(experiment: Experiment, teacher: ResolvedTeacher, task: Task) -> tuple[PlanSentence, ...]:
    """Sentences about the teacher, each student, and the budget."""
    budget = experiment.budget
    views = _views(experiment)
    return (
        PlanSentence(text=f"{teacher.title} teaches on {task.title}. {_whose(teacher)}"),
        *(
            PlanSentence(text=_sentence(student, experiment, task), student=student.name)
            for student in experiment.students
        ),
        PlanSentence(text=f"All take {budget.updates:,} steps of {budget.batch_size} images. {views}"),
    )


def _views(experiment: Experiment) -> str:
    methods = [method for student in experiment.students for method in methods_of(student)]
    if not any(method.uses_teacher for method in methods):
        return "No student uses the teacher."
    if experiment.mode == "consistent":
        return "Every batch shows fresh views, and the teacher looks at each."
    seen = f"The teacher looks once at {experiment.views} views of each image."
    staged = any(method.features for method in methods)
    return f"{seen} For methods that compare stages it looks at every batch." if staged else seen


def _whose(teacher: ResolvedTeacher) -> str:
    """A sentence about the labels that the teacher was trained on, where it is a network of this lab."""
    if teacher.blueprint is None:
        return "Only its logits are used: it is no network of this lab."
    few = [member.labels for member in teacher.members or (teacher,) if member.labels is not None]
    labels = f"{min(few):,} labels" if few else "all the labels"
    if not teacher.members:
        return f"It was trained on {labels}."
    some = "one of them" if few else "they were trained"
    return f"It answers with the mean of its members' probabilities; {some} on {labels}."


def _sentence(student: Student, experiment: Experiment, task: Task) -> str:
    method = METHODS.get(student.method)
    if student.untrained and student.start:
        return f"{student.name}: {_start(student, student.start)}, not trained."
    width = "" if student.width == 1 else f" of width {student.width:g}"
    head = " with the teacher's head" if method.reuses_teacher_head else ""
    network = f"{ARCHITECTURES.get(student.architecture).title}{width}{head}"
    settings = ", ".join(
        f"{name.replace('_', ' ')} {value:g}"
        for name, value in (("T", student.temperature), ("alpha", student.alpha), *student.parameters.items())
        if value is not None
    )
    how = (
        method.title
        + (f" ({settings})" if settings else "")
        + (" on standardised logits" if student.standardize else "")
    )
    how = " plus ".join([how, *(_added(added) for added in student.also)])
    count = task.counts.train
    never = student.missing_class
    sees = _sees(student, count)
    visible = student.labels if student.transfer == "labelled" else None
    passes = experiment.budget.updates * experiment.budget.batch_size / (visible or count)
    # The number of images without the missing class is unknown before the data are loaded.
    often = "" if never else f", {passes:.3g} pass{'' if f'{passes:.3g}' == '1' else 'es'}"
    name = "Control" if student.role == "control" else student.name
    taught = f", taught by {student.taught_by} once that is finished" if student.taught_by else ""
    start = f", {_start(student, student.start)}" if student.start else ""
    if student.scene:
        start += f", on images with {CORRUPTIONS.get(student.scene.corruption).title} {student.scene.severity}"
    return f"{name}: {network}{start}{taught}, {how}, {sees}{often}, {words.plural(len(student.seeds), 'seed')}."


def _start(student: Student, start: Start) -> str:
    """The initial network, and the step that changes it."""
    source, step = start.source, step_of(student)
    source_name = "the teacher" if source == TEACHER_NAME else source
    if step is None or start.change is None:
        return f"goes on from {source_name}"
    change = start.change
    if step.resets_weights:
        return f"in the form of {source_name}, from random weights"
    settings = [
        *change.choices.values(),
        *(f"{name.replace('_', ' ')} {value:g}" for name, value in change.parameters.items()),
    ]
    where = (
        f", cut to {ARCHITECTURES.get(student.architecture).title} of width {student.width:g}" if step.resizes else ""
    )
    return f"made of {source_name}{where}" + (f" ({', '.join(settings)})" if settings else "")


def _sees(student: Student, count: int) -> str:
    """The student's labels, and what it uses of images without a label."""
    methods = methods_of(student)
    never = student.missing_class
    labels = f"{words.labels(student.labels)} without those of {never}" if never else words.labels(student.labels)
    images = f"all images but those of {never}" if never else f"all {count:,} images"
    if any(method.uses_mixup for method in methods):
        where = images if student.transfer == "all" else f"the images of {labels}"
        return f"no label, on {where}"
    if student.transfer == "labelled":
        return labels
    whose = f"{student.taught_by}'s" if student.taught_by else "the teacher's"
    if any(method.uses_teacher for method in methods):
        return f"{labels} and {whose} answers to {images}"
    if any(method.mutual for method in methods):
        return f"{labels} and its peers' answers to {images}"
    return f"{labels}, among {images}"


def _added(added: AddedMethod) -> str:
    method = METHODS.get(added.method)
    settings = [f"{name.replace('_', ' ')} {value:g}" for name, value in non_default_settings(method, added).items()]
    return f"{added.weight:g} × {method.title}" + (f" ({', '.join(settings)})" if settings else "")
