"""What a search for a goal found, and what a finished pipeline made of each limit, in sentences."""

from collections.abc import Sequence

from distill_core.templates.goal import Outcome
from ui.findings import taken
from ui.findings.goal import Approximate, Chosen, Larger, Reached, Takes
from ui.findings.sentences.base import cost, say
from ui.text import words
from ui.text.language import _, decimal

__all__: list[str] = []


@say.register
def chosen(fact: Chosen) -> str:
    parts = [_("{cost} of {limit}", cost=_cost(one), limit=cost(one.column, one.limit)) for one in fact.takes]
    network, costs = _network(fact.name, fact.number_format), words.join(parts)
    count = decimal(fact.candidates, 0, grouped=True)
    if fact.sliced:
        return _(
            "**{network}** is the largest part of the teacher that fits, of {count} networks and formats. It takes "
            "{costs}.",
            network=network,
            count=count,
            costs=costs,
        )
    return _(
        "No part of the teacher fits. **{network}** is the largest other network that does, of {count} networks and "
        "formats. It takes {costs} and starts from random weights.",
        network=network,
        count=count,
        costs=costs,
    )


@say.register
def larger(fact: Larger) -> str:
    return _(
        "The next larger one, {network}, takes {costs}.",
        network=_network(fact.name, fact.number_format),
        costs=_costs(fact.takes),
    )


@say.register
def approximate(fact: Approximate) -> str:
    return _("{mark}: timed quickly, or while something else used the machine.", mark=taken.MARK)


@say.register
def reached(fact: Reached) -> str:
    one = fact.outcome
    write = {"accuracy": words.percent, "bytes": words.size, "ms": words.milliseconds}[one.what]
    limit = write(one.limit)
    if one.reached is None:
        return _("**Not measured** on this machine (at most {limit}).", limit=limit)
    if one.what == "accuracy":
        return _accuracy(one, limit)
    value = write(one.reached)
    if value == limit and one.reached != one.limit:
        value = _closer(one.what, one.reached)
    if fact.disturbed:
        value = f"{taken.MARK} {value}"
    if one.met:
        return _("**Reached**: {value} (at most {limit}).", value=value, limit=limit)
    return _("**Not reached**: {value} (at most {limit}).", value=value, limit=limit)


def _accuracy(one: Outcome, limit: str) -> str:
    """Whether the whole interval lies beyond the limit, or the value alone."""
    digits = 3 if words.percent(one.reached) == limit and one.reached != one.limit else 1
    value = words.percent(one.reached, one.half_width, digits=digits)
    if one.met and one.whole is None:
        return _(
            "**Reached**: {value} (at least {limit}). That is the value alone, without an interval over seeds.",
            value=value,
            limit=limit,
        )
    if one.met and one.whole:
        return _("**Reached**: {value} (at least {limit}), by the whole interval over seeds.", value=value, limit=limit)
    if one.met:
        return _(
            "**Reached by the mean alone**: {value} (at least {limit}). The interval over seeds begins below the "
            "limit.",
            value=value,
            limit=limit,
        )
    if one.whole is False:
        return _(
            "**Not reached**: {value} (at least {limit}). The interval over seeds ends above the limit.",
            value=value,
            limit=limit,
        )
    return _("**Not reached**: {value} (at least {limit}).", value=value, limit=limit)


def _closer(what: str, value: float) -> str:
    """With more digits, where it would read like its limit and is another number."""
    if what == "bytes":
        return _("{value} kB", value=words.number(value / 1000, 3))
    return _("{value} ms", value=words.number(value, 4))


def _network(name: str, number_format: str) -> str:
    title = words.plain(name)
    if number_format == "int8":
        return _("{network} in 8 bits", network=title)
    return _("{network} in half precision", network=title) if number_format == "float16" else title


def _costs(takes: Sequence[Takes]) -> str:
    return words.join(list(map(_cost, takes)))


def _cost(one: Takes) -> str:
    return cost(one.column, one.cost, disturbed=one.approximate)
