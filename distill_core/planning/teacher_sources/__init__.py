"""Where teachers come from: a file a kind, which resolves its specification and offers its rows of a picker.

The class of the specification registers itself with ``spec.teacher_kind``; what loads or trains a teacher of the kind
is its file in ``execution/teacher_sources``.
"""

from collections.abc import Callable, Mapping, Sequence

from distill_core.accelerator import ResolvedDevice
from distill_core.machine import ResolvedPrecision
from distill_core.planning.teacher_sources import ensemble, shipped, stored, trained
from distill_core.planning.teacher_sources.base import ResolvedTeacher, TeacherOption, TeacherQuery, TeacherSource
from distill_core.registry import Registry
from distill_core.spec import Experiment, StoredTeacher, TeacherSpec
from distill_core.store import RunRecord
from distill_core.tasks import TASKS, Task, Tasks

__all__ = ["TEACHER_SOURCES", "program_parts", "resolve_starts", "resolve_teacher", "teacher_options"]

# In the order of a picker.
TEACHER_SOURCES = Registry[TeacherSource]("kind of teacher")
for module in (shipped, ensemble, trained, stored):
    TEACHER_SOURCES.add(module.SOURCE)


def resolve_teacher(
    choice: TeacherSpec,
    task: Task,
    precision: ResolvedPrecision,
    get_run: Callable[[str], RunRecord],
    tasks: Tasks = TASKS,
    device: ResolvedDevice = "cpu",
) -> ResolvedTeacher:
    """What a choice means for a task, without loading it; ``get_run`` gives a stored run by its id,
    ``tasks`` are those that stored runs may be of.

    Raises: UnknownName, NotFound, or InvalidSetting where this teacher cannot teach this task.
    """

    def resolve(choice: TeacherSpec) -> ResolvedTeacher:
        return TEACHER_SOURCES.get(choice.kind).resolve(choice, query)

    query = TeacherQuery(task=task, precision=precision, device=device, get_run=get_run, tasks=tasks, resolve=resolve)
    return resolve(choice)


def resolve_starts(
    experiment: Experiment,
    precision: ResolvedPrecision,
    get_run: Callable[[str], RunRecord],
    tasks: Tasks = TASKS,
    device: ResolvedDevice = "cpu",
) -> dict[str, ResolvedTeacher]:
    """The stored runs that students start from, by their ids. Raises as ``resolve_teacher``: what can teach a task can
    be started from."""
    task = tasks.get(experiment.task)
    runs = [student.start.run for student in experiment.students if student.start and student.start.run]
    return {
        run: resolve_teacher(StoredTeacher(run=run), task, precision, get_run, tasks, device)
        for run in dict.fromkeys(runs)
    }


def teacher_options(task: Task, runs: Sequence[RunRecord] = ()) -> tuple[TeacherOption, ...]:
    """The rows of a teacher picker: shipped teachers, best first, and the two best together; where there are none, a
    recipe that is trained first; then those of ``runs`` that can teach."""
    offered: list[TeacherOption] = []
    for source in TEACHER_SOURCES:
        offered += source.options(task, tuple(offered), runs)
    return tuple(offered)


def program_parts(choice: TeacherSpec, task: Task) -> Mapping[str, str]:
    """What the logits of a teacher and its members depend on beside its specification, by name."""
    programs = [TEACHER_SOURCES.get(part.kind).program(part, task) for part in choice.parts]
    return {name: value for parts in programs for name, value in parts.items()}
