"""Several teachers that answer as one."""

from collections.abc import Sequence

from distill_core.errors import InvalidSetting, said
from distill_core.networks import Blueprint
from distill_core.networks.ensemble import ENSEMBLE
from distill_core.planning.teacher_sources.base import (
    ResolvedTeacher,
    TeacherOption,
    TeacherQuery,
    TeacherSource,
    listed,
)
from distill_core.spec import EnsembleTeacher, fingerprint
from distill_core.store import RunRecord
from distill_core.tasks import Task


def _resolve(choice: EnsembleTeacher, query: TeacherQuery) -> ResolvedTeacher:
    members = tuple(map(query.resolve, choice.members))
    blueprints = [_network(place, members) for place in range(len(members))]
    return ResolvedTeacher(
        choice=choice,
        title=listed([member.title for member in members]),
        blueprint=Blueprint(
            architecture=ENSEMBLE.name,
            classes=len(query.task.classes),
            input=query.task.input,
            members=tuple(blueprints),
            positions=query.task.target.positions,
        ),
        fingerprint=fingerprint("ensemble", *(member.fingerprint for member in members)),
        members=members,
        labels=most_labels(members),
    )


def most_labels(members: Sequence[ResolvedTeacher]) -> int | None:
    """The number of labels of the member that was trained on most; None for all. Smaller sets are nested in larger
    ones."""
    seen = [member.labels for member in members]
    return None if None in seen else max(count for count in seen if count is not None)


def _network(place: int, members: Sequence[ResolvedTeacher]) -> Blueprint:
    """The blueprint of a member. Raises InvalidSetting where the member is no single network, or comes twice."""
    member = members[place]
    repeated = any(member.fingerprint == other.fingerprint for other in members[:place])
    if member.blueprint is None or member.blueprint.members or repeated:
        kind = "an ensemble" if member.blueprint else "no network of this lab"
        raise InvalidSetting(
            said("member {place} of the ensemble", place + 1),
            expected="a network of its own, each once",
            got=said("{member} again", member.title) if repeated else f"{kind} ({member.title})",
            hint="leave it out, or choose another network",
        )
    return member.blueprint


def _options(_task: Task, offered: Sequence[TeacherOption], _runs: Sequence[RunRecord]) -> list[TeacherOption]:
    """The two best shipped teachers together."""
    if len(offered) < 2:
        return []
    first, second, *_ = offered
    choice = EnsembleTeacher(members=(first.choice, second.choice))
    note = said("It answers with the mean of their probabilities; both ship with the lab.")
    return [TeacherOption(name=choice.key, title=listed([first.title, second.title]), note=note, choice=choice)]


SOURCE = TeacherSource(name="ensemble", resolve=_resolve, options=_options)
