"""The blueprint of a stored run."""

from distill_core.errors import CorruptFile, NotFound, said
from distill_core.networks.blueprint import Blueprint
from distill_core.store import RunRecord, file_problem
from distill_core.tasks import TASKS, Tasks

# Parts of a blueprint that have no column of their own are stored among the scores under these names.
KEPT = ("graft", "members", "changes", "options")


def blueprint_of(run: RunRecord, tasks: Tasks = TASKS) -> Blueprint:
    """The blueprint of a stored run.

    Raises: UnknownName for a task that is not among ``tasks``; NotFound for a teacher that is no network of this lab;
    CorruptFile where its scores give no blueprint.
    """
    if run.is_foreign:
        raise NotFound(
            said(
                "no network of run {run_id!r}: only the logits of {student} are stored; choose another run",
                run.id,
                run.student,
            )
        )
    task = tasks.get(run.task)
    plain = Blueprint(
        architecture=run.architecture,
        classes=len(task.classes),
        input=task.input,
        options=(("width", run.width), ("stem_stride", run.stem_stride)),
        positions=task.target.positions,
    )
    try:
        return Blueprint.of({**plain.to_dict(), **{name: run.scores[name] for name in KEPT if name in run.scores}})
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise CorruptFile(file_problem(run.id, "its row has no blueprint")) from error
