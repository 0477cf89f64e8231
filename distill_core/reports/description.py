"""The title of an experiment, and notes on what is rarely meant."""

from collections.abc import Sequence

from distill_core.errors import Names, Said, said
from distill_core.networks import ARCHITECTURES
from distill_core.spec import Experiment, Student
from distill_core.tasks import Task
from distill_core.templates.compression_chain import INITIAL, chain_stages, is_chain
from distill_core.templates.grid import grid_of
from distill_core.templates.new_voice import is_adaptation

MOST_NAMED = 3
# Each for one and for several.
COUNTED_TITLES = {
    "students": "{count:,} students",
    "student": "{count:,} student",
    "labels": "{count:,} labels",
    "label": "{count:,} label",
    "seeds": "{count:,} seeds",
    "seed": "{count:,} seed",
}


def title(experiment: Experiment) -> Said:
    """A short title for lists of jobs."""
    students = [student for student in experiment.students if student.role == "student"]
    titles = list(dict.fromkeys(ARCHITECTURES.get(student.architecture).title for student in students))
    networks: Said | Names = Names(titles[:2])
    if len(titles) > 2:
        networks = said("{networks} and {count} more", networks, len(titles) - 2)
    parts = _what(experiment, len(students)), networks, _span(students)
    seeds = _count(max(len(student.seeds) for student in students), "seed")
    never = next((student.missing_class for student in students if student.missing_class), None)
    if never:
        return said("{what}: {networks}; {labels}; never a {missing}; {seeds}", *parts, never, seeds)
    return said("{what}: {networks}; {labels}; {seeds}", *parts, seeds)


def _what(experiment: Experiment, students: int) -> Said:
    if is_adaptation(experiment):
        return said("Getting used to a voice")
    if is_chain(experiment):
        return said("Pipeline of {count}", len([name for name in chain_stages(experiment) if name != INITIAL]))
    grid = grid_of(experiment)
    if grid and min(len(grid.temperatures), len(grid.alphas)) > 1:
        return said("Grid of {temperatures} T × {alphas} alpha", len(grid.temperatures), len(grid.alphas))
    return _count(students, "student")


def _span(students: Sequence[Student]) -> Said:
    """The range of their numbers of labels: ``500 labels``, or ``100 to 500 labels``."""
    ordered = sorted(students, key=lambda student: (student.labels is None, student.labels))
    first, last = ordered[0], ordered[-1]
    if first.labels == last.labels:
        return _labels(first)
    return said("{fewest:,} to {labels}", first.labels, _labels(last))


def notes(experiment: Experiment, task: Task) -> tuple[str, ...]:
    """Sentences about students with fewer labels than classes: they can be trained, but rarely on purpose."""
    groups: dict[tuple[int, int], list[str]] = {}
    for student in experiment.students:
        lacking = _without_label(student, task)
        if lacking and student.labels is not None:
            groups.setdefault((student.labels, lacking), []).append(student.name)
    classes = len(task.classes)
    return tuple(
        said(
            "{students}: {labels} for {classes} classes, so {lacking} of them have none.",
            *(_named(names), _count(labels, "label"), classes, lacking),
        )
        for (labels, lacking), names in groups.items()
    )


def _without_label(student: Student, task: Task) -> int:
    """The number of classes without a labelled image, without the missing class: labels are drawn class by class."""
    if not student.labels or student.untrained:
        return 0
    return sum(name != student.missing_class for name in task.classes[student.labels :])


def _named(names: Sequence[str]) -> Said | Names:
    more, first = len(names) - MOST_NAMED, Names(names[:MOST_NAMED])
    return said("{students} and {count} more", first, more) if more > 0 else first


def _labels(student: Student) -> Said:
    return said("all labels") if student.labels is None else _count(student.labels, "label")


def _count(number: int, noun: str) -> Said:
    return said(COUNTED_TITLES[noun if number == 1 else f"{noun}s"], number)
