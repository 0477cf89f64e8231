"""For which kinds of examples a method is defined: in the table of methods, on its own page, and in the forms."""

from collections.abc import Mapping

from distill_core.lab import Lab
from distill_core.methods import Method
from distill_core.methods.defined import Undefined, Why
from distill_core.spec import TeacherSpec
from distill_core.tasks import Task
from ui.kept import kept
from ui.text import titles, words
from ui.text.language import _, by_kind

__all__ = ["kinds", "left_out", "never", "not_for", "refused", "sentences"]


def refused(
    lab: Lab, task: str, teacher: TeacherSpec | None = None, architecture: str | None = None
) -> Mapping[str, Undefined]:
    """Why methods are not defined for a task with these networks, by their names; by default with those that it begins
    with. Nothing for a task that the lab does not know."""
    if task not in lab.tasks:
        return {}
    stamp = (str(lab.home), task, teacher and teacher.key, architecture)
    found: Mapping[str, Undefined] = kept(
        ("undefined", *stamp), lambda: lab.catalog.undefined(task, teacher, architecture)
    )
    return found


def never(lab: Lab, task: str, method: Method) -> Undefined | None:
    """Why no networks can be taught by a method on a task, since of the two one has positions and the other has none;
    None where some can."""
    reason = refused(lab, task).get(method.name)
    return reason if reason and reason.why in ("positions", "embedding") else None


def kinds(lab: Lab, method: Method) -> str:
    """The kinds of examples, and those for which other networks are needed than the usual ones."""
    tasks = _of_each_kind(lab)
    usual = [_(task.kind.examples) for task in tasks if method.name not in refused(lab, task.name)]
    others = [_(task.kind.examples) for task in tasks if _why(lab, task, method) == "maps"]
    usual_text, others_text = words.join(usual), words.join(others)
    if not others:
        return usual_text
    return _("{examples}; {others} with other networks", examples=usual_text, others=others_text)


def sentences(lab: Lab, method: Method) -> tuple[str, ...]:
    """A sentence on the kinds that it is defined for, and one on each reason for which it is not."""
    tasks = _of_each_kind(lab)
    usual = [_(task.kind.examples) for task in tasks if method.name not in refused(lab, task.name)]
    said = [_("Defined for {examples}.", examples=words.join(usual))]
    plain = [task for task in tasks if _why(lab, task, method) == "positions"]
    if plain:
        examples = words.join([_(task.kind.examples) for task in plain])
        said.append(_("Not for {examples}: they have one label each, and no positions to compare.", examples=examples))
    reasons = [(task, refused(lab, task.name).get(method.name)) for task in tasks]
    said += [not_for(task, why) for task, why in reasons if why and why.why != "positions"]
    return tuple(said)


def not_for(task: Task, reason: Undefined) -> str:
    """Why a method is not defined for the examples of a task, or for the networks with which it begins."""
    if reason.why == "positions":
        return by_kind(task.kind, "Not for {examples}: they have one label each, and no positions to compare.")
    if reason.why == "mixing":
        return by_kind(task.kind, "Not for {examples}: a mixture of two is none.")
    if reason.why == "embedding":
        return by_kind(task.kind, "Not for {examples}: their networks have no embedding of a whole {example}.")
    return by_kind(
        task.kind,
        "For {examples} with other networks: {network}, with which {task} begins, has no feature maps.",
        network=words.plain(_(reason.network)),
        task=words.plain(_(task.title)),
    )


def left_out(task: Task, why: Mapping[str, Undefined]) -> str:
    """The methods that are not offered for a task, a sentence a reason; empty where all are."""
    titled = titles.methods()
    by_reason: dict[Undefined, list[str]] = {}
    for name, reason in why.items():
        by_reason.setdefault(reason, []).append(titled.get(name, name))
    return " ".join(_reason(task, reason, words.plain(words.join(names))) for reason, names in by_reason.items())


def _reason(task: Task, reason: Undefined, methods: str) -> str:
    if reason.why == "mixing":
        return by_kind(task.kind, "Left out: {methods}, since a mixture of two {examples} is none.", methods=methods)
    if reason.why == "positions":
        return by_kind(
            task.kind,
            "Left out: {methods}. They compare positions, and {examples} have one label each.",
            methods=methods,
        )
    if reason.why == "embedding":
        return by_kind(
            task.kind,
            "Left out: {methods}. They compare embeddings of whole {examples}, which networks for dense prediction do "
            "not have.",
            methods=methods,
        )
    network = words.plain(_(reason.network))
    return _(
        "Left out with {network}, which has no feature maps to compare: {methods}.", network=network, methods=methods
    )


def _of_each_kind(lab: Lab) -> tuple[Task, ...]:
    """The first task of each kind."""
    first: dict[str, Task] = {}
    for task in lab.catalog.tasks():
        first.setdefault(task.kind.name, task)
    return tuple(first.values())


def _why(lab: Lab, task: Task, method: Method) -> Why | None:
    found = refused(lab, task.name).get(method.name)
    return found.why if found else None
