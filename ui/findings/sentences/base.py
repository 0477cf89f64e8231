"""The door of all sentences, and how the parts of facts are written in their places."""

from collections.abc import Iterable, Sequence
from functools import singledispatch

from ui.findings import taken
from ui.findings.facts import Estimate, Fact, Gap, Latency, Paragraph, WhyApart
from ui.text import words
from ui.text.language import N_, _, ngettext

__all__ = ["apart", "cost", "gap", "latency", "names", "others", "p_value", "paragraphs", "say", "share"]

# Of measurements that are not compared; where the causes were told before, without them.
ONE, ONE_BY = N_("One of them was disturbed."), N_("One of them was disturbed ({causes}).")
ALL, ALL_BY = N_("All of them were disturbed."), N_("All of them were disturbed ({causes}).")
BOTH, BOTH_BY = N_("Both were disturbed."), N_("Both were disturbed ({causes}).")


@singledispatch
def say(fact: Fact) -> str:
    """Markdown that tells a fact in the visitor's language: a whole sentence, or several. Each kind of fact has its
    function in the file of its subject."""
    raise TypeError(f"no sentence tells {type(fact).__name__}")


def paragraphs(facts: Iterable[Paragraph]) -> tuple[str, ...]:
    """Markdown, one text a paragraph."""
    return tuple(" ".join(say(fact) for fact in paragraph) for paragraph in facts)


@say.register
def apart(fact: WhyApart) -> str:
    """Why measurements are not compared, after the sentence that says so."""
    if not fact.disturbed:
        return _("They were not measured in one round.")
    some, every = fact.disturbed < fact.measurements, fact.measurements > 2
    if not fact.causes:
        return _(ONE if some else ALL if every else BOTH)
    text = ONE_BY if some else ALL_BY if every else BOTH_BY
    return _(text, causes=words.plain("; ".join(map(words.told, fact.causes))))


def share(found: Estimate) -> str:
    """``82.8 % ± 2.4``."""
    return words.percent(found.mean, found.half_width)


def gap(found: Gap) -> str:
    """``+5.1 ± 2.0``."""
    return words.points(found.points.mean, found.points.half_width, digits=found.digits)


def latency(found: Latency) -> str:
    """``≈ 1.4 ms``."""
    return cost("p50_ms", found.p50_ms, disturbed=found.disturbed)


def cost(column: str, value: float, *, disturbed: bool = False) -> str:
    """A cost by its column: ``306 kB``, ``2.6 M``, ``1.4 ms``; with its mark where something disturbed it."""
    write = {"bytes": words.size, "ms": words.milliseconds}.get(column.rpartition("_")[2], words.count)
    return f"{taken.MARK} {write(value)}" if disturbed else write(value)


def p_value(value: float) -> str:
    """``p = 0.004``."""
    return _("p < {limit}", limit=words.number(0.001, 3)) if value < 0.001 else _("p = {p}", p=words.number(value, 3))


def names(listed: Sequence[str], more: int = 0) -> str:
    """Names of visitors as a list, ``more`` of which are only counted."""
    return words.join([*map(words.plain, listed), *others(more)])


def others(more: int) -> list[str]:
    """The end of a list that leaves some out."""
    return [ngettext("{count} more", "{count} more", more)] if more else []
