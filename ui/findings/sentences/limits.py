"""What limits leave of a comparison, in sentences."""

from collections.abc import Sequence

from ui.findings.limits import Best, Highest, LeftOut, Limit, Lowest, Nothing, Overlaps, TooLow, Unmeasured
from ui.findings.sentences.base import cost, latency, names, others, say, share
from ui.text import words
from ui.text.language import _, ngettext

__all__: list[str] = []


@say.register
def best(fact: Best) -> str:
    places = {"network": words.plain(fact.name), "metric": words.metric(fact.metric), "score": share(fact.score)}
    size = None if fact.size_bytes is None else words.size(fact.size_bytes)
    time = None if fact.latency is None else latency(fact.latency)
    if size and time:
        return _(
            "Within these limits **{network}** has the highest {metric}: **{score}**, with a file of {size} and a "
            "latency of {time}.",
            size=size,
            time=time,
            **places,
        )
    if size:
        return _(
            "Within these limits **{network}** has the highest {metric}: **{score}**, with a file of {size}.",
            size=size,
            **places,
        )
    if time:
        return _(
            "Within these limits **{network}** has the highest {metric}: **{score}**, with a latency of {time}.",
            time=time,
            **places,
        )
    return _("Within these limits **{network}** has the highest {metric}: **{score}**.", **places)


@say.register
def overlaps(fact: Overlaps) -> str:
    return ngettext(
        "Its interval overlaps with that of {networks}.",
        "Its interval overlaps with those of {networks}.",
        len(fact.names) + fact.more,
        networks=names(fact.names, fact.more),
    )


@say.register
def nothing(fact: Nothing) -> str:
    if not fact.open_names:
        return _("**No network keeps within these limits.**")
    return ngettext(
        "**No network is known to keep within these limits.** {networks} may, once it is measured.",
        "**No network is known to keep within these limits.** {networks} may, once they are measured.",
        len(fact.open_names) + fact.more,
        networks=names(fact.open_names, fact.more),
    )


@say.register
def lowest(fact: Lowest) -> str:
    places = {"network": words.plain(fact.name), "cost": _beside(fact.limit, fact.value)}
    if fact.limit.of_latency:
        return _("The lowest latency is that of {network}: {cost}.", **places)
    return _("The smallest file is that of {network}: {cost}.", **places)


@say.register
def highest(fact: Highest) -> str:
    return _(
        "The highest {metric} is that of {network}: {score}.",
        metric=words.metric(fact.metric),
        network=words.plain(fact.name),
        score=share(fact.score),
    )


@say.register
def left_out(fact: LeftOut) -> str:
    listed = _each([(name, _beside(fact.limit, value)) for name, value in fact.networks], fact.more)
    most = cost(fact.limit.column, fact.limit.most)
    if fact.limit.of_latency:
        return _("A latency of at most {most} leaves out {networks}.", most=most, networks=listed)
    return _("A file of at most {most} leaves out {networks}.", most=most, networks=listed)


@say.register
def too_low(fact: TooLow) -> str:
    return _(
        "The limit of {least} {metric} leaves out {networks}.",
        metric=words.metric(fact.metric),
        least=words.percent(fact.least),
        networks=_each([(name, words.percent(score)) for name, score in fact.networks], fact.more),
    )


@say.register
def unmeasured(fact: Unmeasured) -> str:
    count, listed = len(fact.names) + fact.more, names(fact.names, fact.more)
    if fact.limit.of_latency:
        return ngettext(
            "The latency of {networks} was not measured.",
            "The latencies of {networks} were not measured.",
            count,
            networks=listed,
        )
    return ngettext(
        "The size of the file of {networks} is not known.",
        "The sizes of the files of {networks} are not known.",
        count,
        networks=listed,
    )


def _each(pairs: Sequence[tuple[str, str]], more: int) -> str:
    each = [_("{network} ({value})", network=words.plain(name), value=value) for name, value in pairs]
    return words.join([*each, *others(more)])


def _beside(limit: Limit, value: float) -> str:
    """A cost beside its limit: with more digits where both would read alike."""
    text = cost(limit.column, value)
    if value == limit.most or text != cost(limit.column, limit.most):
        return text
    if limit.of_latency:
        return _("{value} ms", value=words.number(value, 4))
    return _("{value} kB", value=words.number(value / 1000, 3))
