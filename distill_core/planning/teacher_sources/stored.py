"""Finished runs of this lab as teachers."""

from collections.abc import Sequence

from distill_core.decimals import rounded
from distill_core.errors import InvalidSetting, said
from distill_core.networks import ARCHITECTURES, check
from distill_core.networks.stored import blueprint_of
from distill_core.planning.teacher_sources.base import (
    ResolvedTeacher,
    TeacherOption,
    TeacherQuery,
    TeacherSource,
    wrong_task,
)
from distill_core.spec import StoredTeacher, fingerprint
from distill_core.store import RunRecord
from distill_core.tasks import Task


def _option(run: RunRecord) -> TeacherOption:
    network, test = ARCHITECTURES.get(run.architecture).title, run.score("test")
    if run.metric == "accuracy":
        score = said("{score:.1f} %", rounded(100 * test, 1))
    else:
        score = said("{metric} {score:.3f}", run.metric, rounded(test, 3))
    return TeacherOption(
        name=said("{student}, {network}, {score} #{run}", run.student, network, score, run.id),
        title=said("{student} ({network})", run.student, network),
        note=_note(run, score),
        choice=StoredTeacher(run=run.id),
        created_at=run.created_at,
    )


def _note(run: RunRecord, score: str) -> str:
    seen, never, rest = run.labels_seen, run.missing_class, (run.seed, score)
    match (seen is None, bool(never)):
        case (True, False):
            return said("It saw all labels, with seed {seed}, and has {score} on the test set.", *rest)
        case (True, True):
            return said(
                "It saw all labels, never {name}, with seed {seed}, and has {score} on the test set.", never, *rest
            )
        case (False, False):
            return said("It saw {count:,} labels, with seed {seed}, and has {score} on the test set.", seen, *rest)
    return said(
        "It saw {count:,} labels, never {name}, with seed {seed}, and has {score} on the test set.", seen, never, *rest
    )


def _options(_task: Task, _offered: Sequence[TeacherOption], runs: Sequence[RunRecord]) -> list[TeacherOption]:
    return [_option(run) for run in runs if run.architecture in ARCHITECTURES and _refusal(run) is None]


def _resolve(choice: StoredTeacher, query: TeacherQuery) -> ResolvedTeacher:
    run, task = query.get_run(choice.run), query.task
    if refusal := _refusal(run):
        expected, got, hint = refusal
        raise InvalidSetting(said("teacher {run!r}", choice.run), expected=expected, got=got, hint=hint)
    if run.task not in {task.name, *task.taught_by}:  # it may have learnt what the test asks
        raise wrong_task(choice.run, run.task, task)
    blueprint = blueprint_of(run, query.tasks)
    title = f"{check(blueprint).title} ({run.student}, run {run.id[:8]})"
    return ResolvedTeacher(
        choice=choice, title=title, blueprint=blueprint, fingerprint=_filed_under(run, task), labels=run.labels_seen
    )


def _filed_under(run: RunRecord, task: Task) -> str:
    # A run that teaches its own task is that run; on another task it is measured anew.
    return run.fingerprint if run.task == task.name else fingerprint("stored teacher", run.fingerprint, task.sha256)


def _refusal(run: RunRecord) -> tuple[str, str, str] | None:
    """What was expected of a run that cannot teach, what it is, and a hint; None where it can."""
    if run.state != "finished":
        return "a finished run", run.state, "choose another run or train it"
    if run.is_foreign:
        return "a network", "a model of which only the logits are stored", "choose the teacher that it was stored for"
    if "weights" in run.left_out:
        return "a network", "one that came with an archive without its weights", "choose another run"
    if "file" in run.scores:
        got = said("a file in {number_format}, which torch does not run", run.scores["file"])
        return "a network", got, "choose the run that it was made of"
    return None


SOURCE = TeacherSource(name="run", resolve=_resolve, options=_options)
