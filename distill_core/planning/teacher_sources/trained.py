"""Teachers that are trained on all labels of the task first."""

from collections.abc import Sequence

from distill_core.errors import said
from distill_core.methods import CONTROL_METHOD, METHODS
from distill_core.networks import ARCHITECTURES, check, taking
from distill_core.planning.blueprints import task_blueprint
from distill_core.planning.machine import machine_parts
from distill_core.planning.revisions import revisions
from distill_core.planning.teacher_sources.base import ResolvedTeacher, TeacherOption, TeacherQuery, TeacherSource
from distill_core.spec import Budget, TrainedTeacher, fingerprint
from distill_core.store import RunRecord
from distill_core.tasks import Task

USUAL = "resnet20"
QUICK_RECIPES = {"digits": TrainedTeacher(architecture="resnet14", budget=Budget(updates=300, batch_size=64))}


def _resolve(choice: TrainedTeacher, query: TeacherQuery) -> ResolvedTeacher:
    blueprint = task_blueprint(choice, query.task)
    title = check(blueprint).title
    parts = machine_parts([blueprint], [], batch_size=choice.budget.batch_size)
    there = [] if query.device == "cpu" else ["device", query.device]
    later = [*there, *revisions([blueprint], [METHODS.get(CONTROL_METHOD)])]
    return ResolvedTeacher(
        choice=choice,
        title=title,
        blueprint=blueprint,
        fingerprint=fingerprint("trained teacher", choice, query.task.sha256, query.precision, *parts, *later),
    )


def _options(task: Task, offered: Sequence[TeacherOption], _runs: Sequence[RunRecord]) -> list[TeacherOption]:
    """One recipe, where the task has a quick one or no other teacher."""
    if offered and task.name not in QUICK_RECIPES:
        return []
    choice = _recipe(task)
    note = said("It is trained here first, {updates} updates, then kept.", choice.budget.updates)
    return [
        TeacherOption(name=choice.key, title=ARCHITECTURES.get(choice.architecture).title, note=note, choice=choice)
    ]


def _recipe(task: Task) -> TrainedTeacher:
    """The quick one, that of the comparison which the task begins with, or the usual one."""
    begun = task.default.teacher if task.default else None
    own = begun if isinstance(begun, TrainedTeacher) else TrainedTeacher(architecture=_architecture(task))
    return QUICK_RECIPES.get(task.name, own)


def _architecture(task: Task) -> str:
    """The usual one, or the first that takes the input."""
    names = [entry.name for entry in taking(task.input, task.target.positions)]
    return USUAL if USUAL in names else next(iter(names), USUAL)


SOURCE = TeacherSource(name="train", resolve=_resolve, options=_options)
