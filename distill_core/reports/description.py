"""Describes an experiment in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from distill_core.methods import METHODS, non_default_settings
from distill_core.networks import ARCHITECTURES
from distill_core.planning.initialization import REINIT, step_of
from distill_core.planning.method_settings import methods_of
from distill_core.planning.teacher_sources import ResolvedTeacher
from distill_core.robustness.corruptions import CORRUPTIONS
from distill_core.spec import TEACHER_NAME, AddedMethod, Experiment, Student
from distill_core.tasks import TASKS
from distill_core.templates.compression_chain import chain_stages, is_chain
from distill_core.templates.grid import grid_of

MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanSentence:
    """A sentence of a plan about one student, or (None) about the whole experiment."""

    text: str
    student: str | None = None


def title(experiment: Experiment) -> str:
    """A short title for lists of jobs."""
    students = [student for student in experiment.students if student.role == "student"]
    networks = list(dict.fromkeys(ARCHITECTURES.get(student.architecture).title for student in students))
    names = ", ".join(networks[:2]) + (f" and {len(networks) - 2} more" if len(networks) > 2 else "")
    seeds = max(len(student.seeds) for student in students)
    never = next((f"; never a {student.missing_class}" for student in students if student.missing_class), "")
    return f"{_what(experiment, len(students))}: {names}; {_span(students)}{never}; {_count(seeds, 'seed')}"


def _what(experiment: Experiment, students: int) -> str:
    if is_chain(experiment):
        return f"Chain of {len(chain_stages(experiment))}"
    grid = grid_of(experiment)
    if grid and min(len(grid.temperatures), len(grid.alphas)) > 1:
        return f"Grid of {len(grid.temperatures)} T × {len(grid.alphas)} alpha"
    return _count(students, "student")


def _span(students: Sequence[Student]) -> str:
    """The range of their numbers of labels: ``500 labels``, or ``100 to 500 labels``."""
    ordered = sorted(students, key=lambda student: (student.labels is None, student.labels))
    first, last = ordered[0], ordered[-1]
    if first.labels == last.labels:
        return _labels(first)
    return f"{first.labels:,} to {_labels(last)}"


def describe_experiment(experiment: Experiment, teacher: ResolvedTeacher) -> tuple[PlanSentence, ...]:
    """Sentences about the teacher, each student, and the budget."""
    task = TASKS.get(experiment.task)
    budget = experiment.budget
    views = _views(experiment)
    return (
        PlanSentence(text=f"{teacher.title} teaches on {task.title}. {_whose(teacher)}"),
        *(PlanSentence(text=_sentence(student, experiment), student=student.name) for student in experiment.students),
        PlanSentence(text=f"Everybody takes {budget.updates:,} steps of {budget.batch_size} images. {views}"),
    )


def notes(experiment: Experiment) -> tuple[str, ...]:
    """Sentences about students with fewer labels than classes: they can be trained, but rarely on purpose."""
    groups: dict[tuple[int, int], list[str]] = {}
    for student in experiment.students:
        lacking = _without_label(student, experiment)
        if lacking and student.labels is not None:
            groups.setdefault((student.labels, lacking), []).append(student.name)
    classes = len(TASKS.get(experiment.task).classes)
    return tuple(
        f"{_named(names)}: {_count(labels, 'label')} for {classes} classes, so {lacking} of them have none."
        for (labels, lacking), names in groups.items()
    )


def _without_label(student: Student, experiment: Experiment) -> int:
    """The number of classes without a labelled image, without the missing class: labels are drawn class by class."""
    classes = TASKS.get(experiment.task).classes
    if student.labels is None or student.untrained:
        return 0
    return sum(name != student.missing_class for name in classes[student.labels :])


def _named(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _views(experiment: Experiment) -> str:
    methods = [method for student in experiment.students for method in methods_of(student)]
    if not any(method.uses_teacher for method in methods):
        return "Nobody asks the teacher."
    if experiment.mode == "consistent":
        return "Every batch shows fresh views, and the teacher looks at each."
    seen = f"The teacher looks once at {experiment.views} views of each image."
    staged = any(method.features for method in methods)
    return f"{seen} For those who compare stages it looks at every batch." if staged else seen


def _whose(teacher: ResolvedTeacher) -> str:
    """A sentence about the labels that the teacher was trained on."""
    few = [member.labels for member in teacher.members or (teacher,) if member.labels is not None]
    labels = f"{min(few):,} labels" if few else "all the labels"
    if not teacher.members:
        return f"It was trained on {labels}."
    some = "one of them" if few else "they were trained"
    return f"It answers with the mean of its members' probabilities; {some} on {labels}."


def _sentence(student: Student, experiment: Experiment) -> str:
    method = METHODS.get(student.method)
    if student.untrained:
        return f"{student.name}: {_start(student)}, not trained."
    network = ARCHITECTURES.get(student.architecture).title + (
        " with the teacher's head" if method.reuses_teacher_head else ""
    )
    settings = ", ".join(
        f"{name} {value:g}"
        for name, value in (("T", student.temperature), ("alpha", student.alpha), *student.parameters.items())
        if value is not None
    )
    how = (
        method.title
        + (f" ({settings})" if settings else "")
        + (" on standardised logits" if student.standardize else "")
    )
    how = " plus ".join([how, *(_added(one) for one in student.also)])
    count = TASKS.get(experiment.task).counts.train
    never = student.missing_class
    sees = _sees(student, count)
    visible = student.labels if student.transfer == "labelled" else None
    passes = experiment.budget.updates * experiment.budget.batch_size / (visible or count)
    # The number of images without the missing class is unknown before the data are loaded.
    often = "" if never else f", {passes:.3g} pass{'' if f'{passes:.3g}' == '1' else 'es'}"
    who = "Control" if student.role == "control" else student.name
    taught = f", taught by {student.taught_by} once that is finished" if student.taught_by else ""
    start = f", {_start(student)}" if student.start else ""
    if student.scene:
        start += f", on images with {CORRUPTIONS.get(student.scene.corruption).title} {student.scene.severity}"
    return f"{who}: {network}{start}{taught}, {how}, {sees}{often}, {_count(len(student.seeds), 'seed')}."


def _start(student: Student) -> str:
    """The initial network, and the step that changes it."""
    assert student.start is not None
    source, step = student.start.source, step_of(student)
    source_name = "the teacher" if source == TEACHER_NAME else source
    if step is None or student.start.change is None:
        return f"goes on from {source_name}"
    change = student.start.change
    if change.step == REINIT:
        return f"in the form of {source_name}, from random weights"
    settings = [*change.choices.values(), *(f"{name} {value:g}" for name, value in change.parameters.items())]
    where = (
        f", cut to {ARCHITECTURES.get(student.architecture).title} of width {student.width:g}" if step.resizes else ""
    )
    return f"made of {source_name}{where}" + (f" ({', '.join(settings)})" if settings else "")


def _sees(student: Student, count: int) -> str:
    """The student's labels, and what it uses of images without a label."""
    methods = methods_of(student)
    never = student.missing_class
    labels = f"{_labels(student)} without those of {never}" if never else _labels(student)
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
    settings = [f"{name} {value:g}" for name, value in non_default_settings(method, added).items()]
    return f"{added.weight:g} × {method.title}" + (f" ({', '.join(settings)})" if settings else "")


def _labels(student: Student) -> str:
    return "all labels" if student.labels is None else _count(student.labels, "label")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
