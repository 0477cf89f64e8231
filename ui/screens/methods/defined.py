"""For which kinds of examples a method is defined: in the table of methods, on its own page, and in a comparison."""

from collections.abc import Mapping

from distill_core.lab import Lab
from distill_core.methods import Method
from distill_core.methods.defined import Undefined
from distill_core.tasks import Task
from ui.kept import kept
from ui.text import titles, words
from ui.text.language import _, by_kind

__all__ = ["kinds", "left_out", "refused", "sentences"]


def refused(lab: Lab, task: str) -> Mapping[str, Undefined]:
    """Why methods are not defined for a task with the networks that it begins with, by their names."""
    found: Mapping[str, Undefined] = kept(("undefined", str(lab.home), task), lambda: lab.catalog.undefined(task))
    return found


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
    """A sentence on the kinds that it is defined for, and one on each for which it is not."""
    tasks = _of_each_kind(lab)
    usual = [_(task.kind.examples) for task in tasks if method.name not in refused(lab, task.name)]
    said = [_("Defined for {examples}.", examples=words.join(usual))]
    for task in tasks:
        why = refused(lab, task.name).get(method.name)
        if why and why.why == "mixing":
            said.append(by_kind(task.kind, "Not for {examples}: a mixture of two is none."))
        elif why:
            said.append(
                by_kind(
                    task.kind,
                    "For {examples} with other networks: {network}, with which {task} begins, has no feature maps.",
                    network=words.plain(_(why.network)),
                    task=words.plain(_(task.title)),
                )
            )
    return tuple(said)


def left_out(task: Task, why: Mapping[str, Undefined]) -> str:
    """The methods that are not offered for a task, a sentence a reason; empty where all are."""
    titled = titles.methods()
    by_reason: dict[Undefined, list[str]] = {}
    for name, reason in why.items():
        by_reason.setdefault(reason, []).append(titled.get(name, name))
    return " ".join(_reason(task, reason, words.plain(words.join(names))) for reason, names in by_reason.items())


def _reason(task: Task, reason: Undefined, methods: str) -> str:
    network = words.plain(_(reason.network))
    if reason.why == "mixing":
        return by_kind(task.kind, "Left out: {methods}, since a mixture of two {examples} is none.", methods=methods)
    return _(
        "Left out with {network}, which has no feature maps to compare: {methods}.", network=network, methods=methods
    )


def _of_each_kind(lab: Lab) -> tuple[Task, ...]:
    """The first task of each kind."""
    first: dict[str, Task] = {}
    for task in lab.catalog.tasks():
        first.setdefault(task.kind.name, task)
    return tuple(first.values())


def _why(lab: Lab, task: Task, method: Method) -> str:
    found = refused(lab, task.name).get(method.name)
    return found.why if found else ""
