"""What the lab itself calls networks of pipelines and examples that ship: specifications, files and addresses have
these names in English."""

from collections.abc import Iterator, Mapping

from distill_core.compression import STEPS
from distill_core.errors import Said, said
from distill_core.methods import METHODS
from distill_core.tasks import TASKS
from distill_core.templates.graph import MISSING, WRONG

__all__ = ["INITIAL_TITLE", "MOST_LINKS", "ON_LABELS", "baseline_name", "given_names", "of_study", "stage_name"]

MOST_LINKS = 8
INITIAL_TITLE, ON_LABELS = said("Initial network"), said("labels")
# The titles of what ships: studies, and teachers that are called after more than their architecture.
SHIPPED = (
    said("Default grid, 6 temperatures × 4 alphas and the control"),
    said("Accuracy against the number of labels"),
    said("Every method on the 500 images that the control sees"),
    said("Four widths of one network, taught by a large teacher"),
    said("Four widths of one network, taught by a small teacher"),
    said("Lesson: A class that it never sees"),
    said("Lesson: Facts instead of images"),
    said("Lesson: Few labels"),
    said("Lesson: Many labels"),
    said("Lesson: Too hot, too cold"),
    said("Inception, small"),
    said("ResNet-8, weaker on purpose"),
    said("ComplEx, 128 dimensions"),
    *(said("Medicine, a knowledge graph: {share} % of the facts missing", share) for share in MISSING),
    *(said("Medicine, a knowledge graph: {share} % of the facts wrong", share) for share in WRONG),
)


def stage_name(place: int, title: str) -> Said:
    """The name of a stage: ``2. Knowledge distillation``."""
    return said("{place}. {title}", place, Said(str(title), {}))


def baseline_name(title: str, training: int, trainings: int) -> Said:
    """The name of a network of equal size from random weights, after one of its trainings."""
    after = Said(str(title), {})
    if training == trainings:
        return said("random weights, {title}", after)
    return said("random weights, {title}, {training} of {trainings}", after, training, trainings)


def of_study(name: str) -> Said | None:
    """The name of a network of a study that ships, beside others that are called so: ``control (Lesson: Few labels)``.
    None for any other."""
    student, _, study = name.removesuffix(")").rpartition(" (")
    title = next((title for title in SHIPPED if title == study), None)
    return said("{student} ({study})", student, title) if student and title and name.endswith(")") else None


def given_names() -> Mapping[str, Said]:
    """All that pipelines can call a network, and what is called so that ships, each with its template."""
    return {str(name): name for name in _names()}


def _names() -> Iterator[Said]:
    titles = [entry.title for entry in (*STEPS, *METHODS)]
    yield stage_name(0, INITIAL_TITLE)
    yield from (stage_name(place, title) for place in range(1, MOST_LINKS + 1) for title in titles)
    for title in (ON_LABELS, *(entry.title for entry in METHODS)):
        pairs = [(training, all_of) for all_of in range(1, MOST_LINKS + 1) for training in range(1, all_of + 1)]
        yield from (baseline_name(title, *pair) for pair in pairs)
    yield from SHIPPED
    for student in ("control", "KD, same images", "KD, all images"):
        labels = said("{count:,} labels", 500)
        yield said("{student} ({network}, {labels}, seed {seed})", student, "ResNet-8", labels, 0)
    for task in TASKS:
        of = Said(task.title, {})
        yield said("Example: {task}", of)
        yield said("Example: {task}, compressed to 8 bits step by step", of)
        yield said("Example: {task}, getting used to the voice", of)
