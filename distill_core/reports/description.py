"""The title of an experiment, and notes on what is rarely meant."""

from collections.abc import Sequence

from distill_core.networks import ARCHITECTURES
from distill_core.spec import Experiment, Student
from distill_core.tasks import Task
from distill_core.templates.compression_chain import INITIAL, chain_stages, is_chain
from distill_core.templates.grid import grid_of
from distill_core.templates.new_voice import is_adaptation

MOST_NAMED = 3


def title(experiment: Experiment) -> str:
    """A short title for lists of jobs."""
    students = [student for student in experiment.students if student.role == "student"]
    networks = list(dict.fromkeys(ARCHITECTURES.get(student.architecture).title for student in students))
    names = ", ".join(networks[:2]) + (f" and {len(networks) - 2} more" if len(networks) > 2 else "")
    seeds = max(len(student.seeds) for student in students)
    never = next((f"; never a {student.missing_class}" for student in students if student.missing_class), "")
    return f"{_what(experiment, len(students))}: {names}; {_span(students)}{never}; {_count(seeds, 'seed')}"


def _what(experiment: Experiment, students: int) -> str:
    if is_adaptation(experiment):
        return "Getting used to a voice"
    if is_chain(experiment):
        return f"Pipeline of {len([name for name in chain_stages(experiment) if name != INITIAL])}"
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


def notes(experiment: Experiment, task: Task) -> tuple[str, ...]:
    """Sentences about students with fewer labels than classes: they can be trained, but rarely on purpose."""
    groups: dict[tuple[int, int], list[str]] = {}
    for student in experiment.students:
        lacking = _without_label(student, task)
        if lacking and student.labels is not None:
            groups.setdefault((student.labels, lacking), []).append(student.name)
    classes = len(task.classes)
    return tuple(
        f"{_named(names)}: {_count(labels, 'label')} for {classes} classes, so {lacking} of them have none."
        for (labels, lacking), names in groups.items()
    )


def _without_label(student: Student, task: Task) -> int:
    """The number of classes without a labelled image, without the missing class: labels are drawn class by class."""
    if not student.labels or student.untrained:
        return 0
    return sum(name != student.missing_class for name in task.classes[student.labels :])


def _named(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _labels(student: Student) -> str:
    return "all labels" if student.labels is None else _count(student.labels, "label")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" + ("" if number == 1 else "s")
