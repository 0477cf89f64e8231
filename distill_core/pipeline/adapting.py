"""A student that adapts to a changed scene: the teacher's answers are its only labels."""

from distill_core.errors import InvalidSetting, UnknownName, explain
from distill_core.evaluation.corruptions import CORRUPTIONS
from distill_core.experiment import Experiment, Scene, Start, Student

__all__ = ["adaptation_experiment", "adapted_name"]

LONGEST_NAME = 64


def adaptation_experiment(experiment: Experiment, student: str, scene: Scene, updates: int | None = None) -> Experiment:
    """The experiment with one more student: it starts as ``student`` and is distilled again on images of a scene.

    KD with alpha 1 on all images, so that no label enters; its teacher is the experiment's own. ``updates``: of the
    whole experiment, where they should be others; its students are then trained anew.
    Raises: UnknownName; InvalidSetting where that student cannot start another one.
    """
    wanted = CORRUPTIONS.get(scene.corruption)
    source = _source(experiment, student)
    name = adapted_name(student, wanted.title, scene.severity)
    adapted = Student(
        name=name,
        architecture=source.architecture,
        width=source.width,
        stem_stride=source.stem_stride,
        method="kd",
        alpha=1.0,
        labels=source.labels,
        transfer="all",
        start=Start(source=source.name),
        scene=scene,
        seeds=source.seeds,
    )
    others = [one.model_dump() for one in experiment.students if one.name != name]
    budget = experiment.budget.model_dump() | ({} if updates is None else {"updates": updates})
    return Experiment.of({**experiment.model_dump(), "students": [*others, adapted.model_dump()], "budget": budget})


def adapted_name(student: str, title: str, severity: int) -> str:
    """How a student is called once it has adapted."""
    end = f", adapted to {title} {severity}"
    return f"{student[: LONGEST_NAME - len(end)]}{end}"


def _source(experiment: Experiment, name: str) -> Student:
    by_name = {one.name: one for one in experiment.students}
    if name not in by_name:
        raise UnknownName(f"no student named {name!r} in this experiment; known: {', '.join(by_name)}.")
    found = by_name[name]
    if found.scene is not None:
        came = f"one that adapted to {found.scene.corruption} {found.scene.severity}"
        do = "choose the student that it came from"
        raise InvalidSetting(explain("a student to adapt", wanted="one that saw plain images", came=came, do=do))
    return found
