"""What an experiment would do, in sentences, and for each student a line of what it is, how it learns and what it sees.

They hold names as they are, without Markdown.
"""

from ui.findings.plan import Begins, Budget, Loss, Network, Planned, Sees, Settings, Teacher, Views
from ui.findings.sentences.base import say
from ui.text import words
from ui.text.language import N_, _, by_kind, listed, ngettext, ngettext_by_kind

__all__: list[str] = []

VIEWS = {
    "none": N_("No student uses the teacher."),
    "fresh": N_("Every batch shows fresh views, and the teacher looks at each."),
}


@say.register
def teacher(fact: Teacher) -> str:
    return f"{_('{teacher} teaches on {task}.', teacher=fact.title, task=fact.task)} {_whose(fact)}"


def _whose(fact: Teacher) -> str:
    """The labels that it was trained on, where it is a network of this lab."""
    few = fact.labels
    if fact.kind == "file":
        return _("Only its logits are used: it is no network of this lab.")
    if fact.kind == "network":
        if few is None:
            return _("It was trained on all the labels.")
        return ngettext("It was trained on {count} label.", "It was trained on {count} labels.", few)
    if few is None:
        return _("It answers with the mean of its members' probabilities; they were trained on all the labels.")
    return ngettext(
        "It answers with the mean of its members' probabilities; one of them was trained on {count} label.",
        "It answers with the mean of its members' probabilities; one of them was trained on {count} labels.",
        few,
    )


@say.register
def budget(fact: Budget) -> str:
    return ngettext_by_kind(
        fact.kind,
        "All take {count} step of {batch} {examples}.",
        "All take {count} steps of {batch} {examples}.",
        fact.updates,
        batch=words.number(fact.batch_size),
    )


@say.register
def views(fact: Views) -> str:
    if fact.how in VIEWS:
        return _(VIEWS[fact.how])
    seen = ngettext_by_kind(
        fact.kind,
        "The teacher looks once at {count} view of each {example}.",
        "The teacher looks once at {count} views of each {example}.",
        fact.views,
    )
    if fact.how == "cached":
        return seen
    return f"{seen} {_('For methods that compare stages it looks at every batch.')}"


@say.register
def planned(fact: Planned) -> str:
    begins = [_begins(fact.begins)] if fact.begins else []
    if not fact.trained:
        return _("{student}: {settings}.", student=fact.name, settings=listed([*begins, _("not trained")], "unit"))
    parts = [_network(fact.network), *begins]
    if fact.scene:
        title, severity = fact.scene
        parts.append(
            by_kind(
                fact.sees.kind,
                "on {examples} with {corruption} {severity}",
                corruption=title,
                severity=words.number(severity),
            )
        )
    if fact.taught_by:
        parts.append(_("taught by {network} once that is finished", network=fact.taught_by))
    parts += [_losses(fact.losses), _sees(fact.sees)]
    if fact.passes is not None:
        text = words.short(fact.passes, 3)
        parts.append(_("1 pass") if text == "1" else _("{passes} passes", passes=text))
    parts.append(ngettext("{count} seed", "{count} seeds", fact.seeds))
    name = _("Control") if fact.is_control else fact.name
    return _("{student}: {settings}.", student=name, settings=listed(parts, "unit"))


def _network(found: Network) -> str:
    places = {"network": found.title, "width": words.short(found.width)}
    if found.width != 1 and found.teachers_head:
        return _("{network} of width {width} with the teacher's head", **places)
    if found.teachers_head:
        return _("{network} with the teacher's head", **places)
    return found.title if found.width == 1 else _("{network} of width {width}", **places)


def _begins(found: Begins) -> str:
    source = _("the teacher") if found.source is None else found.source
    if found.how == "as":
        return _("the finished network of run {run}", run=found.source)
    if found.how == "on":
        return _("goes on from {network}", network=source)
    if found.how == "fresh":
        return _("in the form of {network}, from random weights", network=source)
    settings = listed([*found.choices, *_settings(found.settings)], "unit")
    if found.cut:
        width = words.short(found.cut.width)
        made = _("made of {network}, cut to {cut} of width {width}", network=source, cut=found.cut.title, width=width)
    else:
        made = _("made of {network}", network=source)
    return f"{made} ({settings})" if settings else made


def _settings(found: Settings) -> list[str]:
    return [f"{words.called(name)} {words.short(value)}" for name, value in found]


def _losses(found: tuple[Loss, ...]) -> str:
    text = _loss(found[0])
    for added in found[1:]:
        text = _(
            "{methods} plus {weight} × {method}",
            methods=text,
            weight=words.short(added.weight or 0.0),
            method=_loss(added),
        )
    return text


def _loss(found: Loss) -> str:
    settings = listed(_settings(found.settings), "unit")
    method = f"{found.method} ({settings})" if settings else found.method
    return _("{method} on standardised logits", method=method) if found.standardised else method


def _sees(fact: Sees) -> str:
    labels, examples = _labels(fact), _examples(fact)
    if fact.how == "mixup" and fact.labelled:
        return by_kind(fact.kind, "no label, on the {examples} of {labels}", labels=labels)
    if fact.how == "mixup":
        return _("no label, on {those}", those=examples)
    if fact.how == "labels":
        return labels
    if fact.how == "peers":
        return _("{labels} and its peers' answers to {those}", labels=labels, those=examples)
    if fact.how == "among":
        return _("{labels}, among {those}", labels=labels, those=examples)
    if fact.taught_by:
        return _("{labels} and {network}'s answers to {those}", labels=labels, network=fact.taught_by, those=examples)
    return _("{labels} and the teacher's answers to {those}", labels=labels, those=examples)


def _labels(fact: Sees) -> str:
    labels = words.labels(fact.labels)
    return _("{labels} without those of {name}", labels=labels, name=fact.never) if fact.never else labels


def _examples(fact: Sees) -> str:
    if fact.never:
        return by_kind(fact.kind, "all {examples} but those of {name}", name=fact.never)
    return ngettext_by_kind(fact.kind, "all {count} {examples}", "all {count} {examples}", fact.examples)
