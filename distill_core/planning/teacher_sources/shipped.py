"""Teachers that ship with the lab, in ``assets/teachers``."""

from collections.abc import Mapping, Sequence
from typing import Any

from distill_core.assets import ASSETS, Manifest, manifests, read_manifest
from distill_core.decimals import rounded
from distill_core.errors import Names, UnknownName, said
from distill_core.planning.blueprints import task_blueprint
from distill_core.planning.precomputed_logits import precomputed_logits_hash
from distill_core.planning.revisions import revisions
from distill_core.planning.teacher_sources.base import (
    ResolvedTeacher,
    TeacherOption,
    TeacherQuery,
    TeacherSource,
    wrong_task,
)
from distill_core.spec import ShippedTeacher, TrainedTeacher, fingerprint
from distill_core.store import RunRecord
from distill_core.tasks import Task
from distill_core.tasks.base import METRIC_TITLES
from distill_core.tasks.images import IMAGE


def shipped_manifest(name: str) -> Manifest:
    """Raises UnknownName with the names there are."""
    known = {manifest.name for manifest in manifests("teachers")}
    if name not in known:
        raise UnknownName(said("no shipped teacher named {name!r}; known: {names}.", name, Names(sorted(known))))
    return read_manifest(ASSETS / "teachers" / f"{name}.json")


def _resolve(choice: ShippedTeacher, query: TeacherQuery) -> ResolvedTeacher:
    task, manifest = query.task, shipped_manifest(choice.name)
    if not _teaches(manifest, task):
        raise wrong_task(choice.name, ", ".join(manifest.details["tasks"]), task)
    blueprint = task_blueprint(TrainedTeacher.model_validate(manifest.details["recipe"]), task)
    later = revisions([blueprint], loop=False)
    logits = precomputed_logits_hash(choice, task)
    return ResolvedTeacher(
        choice=choice,
        title=manifest.title,
        blueprint=blueprint,
        fingerprint=fingerprint("shipped teacher", manifest.sha256, task.sha256, logits, *later),
    )


def _options(task: Task, _offered: Sequence[TeacherOption], _runs: Sequence[RunRecord]) -> list[TeacherOption]:
    """Best first."""
    shipped = [manifest for manifest in manifests("teachers") if _teaches(manifest, task)]
    return [_option(manifest, task) for manifest in sorted(shipped, key=_score, reverse=True)]


def _teaches(manifest: Manifest, task: Task) -> bool:
    return not {task.name, *task.taught_by}.isdisjoint(manifest.details["tasks"])


def _score(manifest: Manifest) -> float:
    """On the test part, by the metric that its task names first."""
    return float(manifest.measured[f"test_{manifest.details.get('metric', 'accuracy')}"])


def _option(manifest: Manifest, task: Task) -> TeacherOption:
    measured: Any = manifest.measured
    choice = ShippedTeacher(name=manifest.name)
    metric = manifest.details.get("metric", "accuracy")
    accuracy = said("{score:.1f} %", rounded(100 * _score(manifest), 1))
    if metric != "accuracy":
        accuracy = said("{metric} {score}", said(METRIC_TITLES[str(metric)]), accuracy)
    test = (accuracy, measured["test_images"])
    if task.kind == IMAGE:
        note = said("It ships with the lab and has {accuracy} on the {count:,} official test images.", *test)
    else:
        examples = said(task.kind.examples)
        note = said("It ships with the lab and has {accuracy} on the {count:,} test {examples}.", *test, examples)
    return TeacherOption(
        name=choice.key,
        title=manifest.title,
        note=note,
        choice=choice,
    )


def _program(choice: ShippedTeacher, task: Task) -> Mapping[str, str]:
    answers = fingerprint(shipped_manifest(choice.name).sha256, precomputed_logits_hash(choice, task))
    return {f"teacher {choice.name}": answers}


SOURCE = TeacherSource(name="shipped", resolve=_resolve, options=_options, program=_program)
