"""Who can teach: networks that ship, runs of this lab, and recipes that are trained first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from distill_core.assets import ASSETS, Manifest, manifests, read_manifest
from distill_core.decimals import fixed
from distill_core.errors import InvalidSetting, UnknownName
from distill_core.machine import ResolvedPrecision
from distill_core.methods import CONTROL_METHOD, METHODS
from distill_core.networks import Blueprint, check
from distill_core.networks.ensemble import ENSEMBLE
from distill_core.networks.stored import blueprint_of
from distill_core.planning.blueprints import task_blueprint
from distill_core.planning.machine import machine_parts
from distill_core.planning.precomputed_logits import precomputed_logits_hash
from distill_core.planning.revisions import revisions
from distill_core.spec import (
    EnsembleTeacher,
    ShippedTeacher,
    StoredTeacher,
    TeacherChoice,
    TrainedTeacher,
    fingerprint,
)
from distill_core.store import RunRecord
from distill_core.tasks import TASKS, Task

# A stored run by its id; raises where there is none.
GetRun = Callable[[str], RunRecord]

QUICK_RECIPES = {
    "digits": TrainedTeacher(architecture="resnet14", budget={"updates": 300, "batch_size": 64}),  # type: ignore[arg-type]
}


@dataclass(frozen=True, kw_only=True, slots=True)
class TeacherOption:
    """One row of a teacher picker."""

    key: str
    title: str
    note: str
    choice: TeacherChoice


@dataclass(frozen=True, kw_only=True, slots=True)
class ResolvedTeacher:
    """A teacher that exists or can be made: what it is, and what it will be filed under; ``members`` of an
    ensemble; with how many labels it was trained (None: all), of an ensemble those of the member that saw most."""

    choice: TeacherChoice
    title: str
    blueprint: Blueprint
    fingerprint: str
    members: "tuple[ResolvedTeacher, ...]" = ()
    labels: int | None = None


def teacher_options(task: Task) -> tuple[TeacherOption, ...]:
    """Shipped teachers of the task, best first, and the two best together; where there are none, a recipe that is
    trained first."""
    shipped = [manifest for manifest in manifests("teachers") if task.name in manifest.details["tasks"]]
    options = [_option(manifest) for manifest in sorted(shipped, key=_accuracy, reverse=True)]
    if len(options) > 1:
        options.append(_together(options[0], options[1]))
    if task.name in QUICK_RECIPES or not options:
        options.append(_trained_option(QUICK_RECIPES.get(task.name, TrainedTeacher(architecture="resnet20"))))
    return tuple(options)


def key_of(choice: TeacherChoice) -> str:
    """A short name for a URL: ``shipped:NAME``, ``run:ID``, ``train:ARCHITECTURE``, or ``ensemble:`` and the members'
    with commas between."""
    if isinstance(choice, ShippedTeacher):
        return f"shipped:{choice.name}"
    if isinstance(choice, StoredTeacher):
        return f"run:{choice.run}"
    if isinstance(choice, EnsembleTeacher):
        return f"ensemble:{','.join(map(key_of, choice.members))}"
    return f"train:{choice.architecture}"


def resolve_teacher(
    choice: TeacherChoice, task: Task, precision: ResolvedPrecision, get_run: GetRun
) -> ResolvedTeacher:
    """What a choice means for a task, without loading it.

    Raises: UnknownName, NotFound, or InvalidSetting where this teacher cannot teach this task.
    """
    if isinstance(choice, ShippedTeacher):
        manifest = shipped_manifest(choice.name)
        if task.name not in manifest.details["tasks"]:
            raise _mismatch(choice.name, ", ".join(manifest.details["tasks"]), task)
        recipe = TrainedTeacher.model_validate(manifest.details["recipe"])
        blueprint = task_blueprint(recipe, task)
        later = revisions([blueprint], loop=False)
        return ResolvedTeacher(
            choice=choice,
            title=manifest.title,
            blueprint=blueprint,
            fingerprint=fingerprint(
                "shipped teacher", manifest.sha256, task.sha256, precomputed_logits_hash(choice, task), *later
            ),
        )
    if isinstance(choice, TrainedTeacher):
        blueprint = task_blueprint(choice, task)
        title = check(blueprint).title
        parts = machine_parts([blueprint], [], batch_size=choice.budget.batch_size)
        later = revisions([blueprint], [METHODS.get(CONTROL_METHOD)])
        return ResolvedTeacher(
            choice=choice,
            title=title,
            blueprint=blueprint,
            fingerprint=fingerprint("trained teacher", choice, task.sha256, precision, *parts, *later),
        )
    if isinstance(choice, EnsembleTeacher):
        return _ensemble(choice, task, [resolve_teacher(member, task, precision, get_run) for member in choice.members])
    return _stored(choice, task, get_run(choice.run))


def shipped_manifest(name: str) -> Manifest:
    """Raises UnknownName with the names there are."""
    known = {manifest.name for manifest in manifests("teachers")}
    if name not in known:
        raise UnknownName(f"no shipped teacher named {name!r}; known: {', '.join(sorted(known))}.")
    return read_manifest(ASSETS / "teachers" / f"{name}.json")


def _most_labels(members: Sequence[ResolvedTeacher]) -> int | None:
    # Few labels are among many: what one member saw includes what the others did.
    seen = [member.labels for member in members]
    return None if None in seen else max(filter(None, seen), default=None)


def _ensemble(choice: EnsembleTeacher, task: Task, members: Sequence[ResolvedTeacher]) -> ResolvedTeacher:
    for place, member in enumerate(members):
        twin = any(member.fingerprint == other.fingerprint for other in members[:place])
        if twin or member.blueprint.members:
            raise InvalidSetting(
                f"member {place + 1} of the ensemble",
                expected="a network of its own, each once",
                got=f"{member.title} again" if twin else f"an ensemble ({member.title})",
                hint="leave it out, or choose another network",
            )
    return ResolvedTeacher(
        choice=choice,
        title=f"Ensemble of {_listed([member.title for member in members])}",
        blueprint=Blueprint(
            architecture=ENSEMBLE.name,
            classes=len(task.classes),
            input=task.input,
            members=tuple(member.blueprint for member in members),
        ),
        fingerprint=fingerprint("ensemble", *(member.fingerprint for member in members)),
        members=tuple(members),
        labels=_most_labels(members),
    )


def _listed(titles: Sequence[str]) -> str:
    return f"{'; '.join(titles[:-1])} and {titles[-1]}"


def _stored(choice: StoredTeacher, task: Task, run: RunRecord) -> ResolvedTeacher:
    if run.state != "finished":
        raise InvalidSetting(
            f"teacher {choice.run!r}", expected="a finished run", got=run.state, hint="choose another run or train it"
        )
    if "file" in run.scores:
        got = f"a file in {run.scores['file']}, which torch does not run"
        raise InvalidSetting(
            f"teacher {choice.run!r}", expected="a network", got=got, hint="choose the run that it was made of"
        )
    blueprint, made_for = blueprint_of(run), TASKS.get(run.task)
    if (made_for.input, made_for.target) != (task.input, task.target):
        raise _mismatch(choice.run, made_for.name, task)
    title = f"{check(blueprint).title} ({run.student}, run {run.id[:8]})"
    return ResolvedTeacher(
        choice=choice, title=title, blueprint=blueprint, fingerprint=_filed_under(run, task), labels=run.labels
    )


def _filed_under(run: RunRecord, task: Task) -> str:
    # A run that teaches its own task is that run; on another task it is measured anew.
    return run.fingerprint if run.task == task.name else fingerprint("stored teacher", run.fingerprint, task.sha256)


def _mismatch(name: str, expected: str, task: Task) -> InvalidSetting:
    return InvalidSetting(
        f"teacher {name!r}",
        expected=f"a task that it was trained for ({expected})",
        got=task.name,
        hint="choose that task, or another teacher",
    )


def _accuracy(manifest: Manifest) -> float:
    return float(manifest.measured["test_accuracy"])


def _option(manifest: Manifest) -> TeacherOption:
    measured: Any = manifest.measured
    choice = ShippedTeacher(name=manifest.name)
    accuracy = f"{fixed(100 * measured['test_accuracy'], 1)} %"
    return TeacherOption(
        key=key_of(choice),
        title=manifest.title,
        note=f"It ships with the lab and has {accuracy} on the {measured['test_images']:,} official test images.",
        choice=choice,
    )


def _together(first: TeacherOption, second: TeacherOption) -> TeacherOption:
    choice = EnsembleTeacher(members=(first.choice, second.choice))  # type: ignore[arg-type]
    return TeacherOption(
        key=key_of(choice),
        title=f"Ensemble of {_listed([first.title, second.title])}",
        note="It answers with the mean of their probabilities; both ship with the lab.",
        choice=choice,
    )


def _trained_option(choice: TrainedTeacher) -> TeacherOption:
    return TeacherOption(
        key=key_of(choice),
        title=choice.architecture,
        note=f"It is trained here first, {choice.budget.updates} updates, then kept.",
        choice=choice,
    )
