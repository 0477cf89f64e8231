"""What a chart of accuracy against a cost shows, in sentences."""

from ui.findings.front import Losers, Near, NoInterval, OnFront
from ui.findings.sentences.base import cost, gap, names, others, say
from ui.text import words
from ui.text.language import _, ngettext

__all__: list[str] = []


@say.register
def on_front(fact: OnFront) -> str:
    members = [
        _(
            "{network} ({cost}, {accuracy})",
            network=words.plain(member.name),
            cost=cost(fact.column, member.cost, disturbed=member.disturbed),
            accuracy=words.percent(member.accuracy),
        )
        for member in fact.members
    ]
    return ngettext(
        "On the Pareto front is {networks}: no network is both cheaper and better in {metric}.",
        "On the Pareto front are {networks}: no network is both cheaper and better in {metric}.",
        len(fact.members) + fact.more,
        networks=words.join([*members, *others(fact.more)]),
        metric=words.metric(fact.metric),
    )


@say.register
def near(fact: Near) -> str:
    return ngettext(
        "The interval of {networks} reaches the Pareto front: not significant with these seeds.",
        "The intervals of {networks} reach the Pareto front: not significant with these seeds.",
        len(fact.names) + fact.more,
        networks=names(fact.names, fact.more),
    )


@say.register
def losers(fact: Losers) -> str:
    each = [_("{network} ({gap} pp)", network=words.plain(name), gap=gap(behind)) for name, behind in fact.gaps]
    return ngettext(
        "Not every student gains: {networks} is worse than labels alone.",
        "Not every student gains: {networks} are worse than labels alone.",
        len(each),
        networks=words.join(each),
    )


@say.register
def no_interval(fact: NoInterval) -> str:
    if fact.networks is None:
        return _("There are no intervals here: that needs three seeds, and another seed may turn the order round.")
    return ngettext(
        "{count} network here without an interval: that needs three seeds, and another seed may turn the order round.",
        "{count} networks here without an interval: that needs three seeds, and another seed may turn the order round.",
        fact.networks,
    )
