"""What a search for a goal found, and what a finished pipeline made of each limit."""

from dataclasses import dataclass

from distill_core.templates.goal import Goal, Outcome, Proposal, Weighed, outcomes
from ui.findings.facts import Paragraph

__all__ = ["Approximate", "Chosen", "Larger", "Reached", "Takes", "proposed", "reached"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Takes:
    """A cost by its column, with its limit; ``approximate``: a latency that was timed quickly, or disturbed."""

    column: str
    cost: float
    limit: float
    approximate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The network that is proposed, of so many ``candidates``; ``sliced``: a part of the teacher."""

    name: str
    number_format: str
    sliced: bool
    candidates: int
    takes: tuple[Takes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Larger:
    """The next larger network, and what it takes."""

    name: str
    number_format: str
    takes: tuple[Takes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approximate:
    """That a latency has the mark of those that are approximate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What became of a limit; ``disturbed``: something else used the machine while that latency was timed."""

    outcome: Outcome
    disturbed: bool = False


def proposed(found: Proposal) -> Paragraph:
    """Why this network, and no larger one."""
    chosen = Chosen(
        name=found.chosen.candidate.title,
        number_format=found.chosen.candidate.number_format,
        sliced=found.chosen.candidate.sliced,
        candidates=found.candidates,
        takes=_takes(found.goal, found.chosen),
    )
    facts: list[Chosen | Larger] = [chosen]
    if found.larger:
        larger = found.larger.candidate
        takes = _takes(found.goal, found.larger)
        facts.append(Larger(name=larger.title, number_format=larger.number_format, takes=takes))
    marked = any(one.approximate for fact in facts for one in fact.takes)
    return (*facts, *([Approximate()] if marked else []))


def reached(
    goal: Goal,
    *,
    size_bytes: float | None,
    p50_ms: float | None,
    accuracy: float | None,
    half_width: float | None = None,
    disturbed: bool = False,
) -> tuple[Paragraph, ...]:
    """A paragraph for each limit; ``half_width`` is that of ``accuracy``, ``disturbed`` is about ``p50_ms``."""
    found = outcomes(goal, size_bytes=size_bytes, p50_ms=p50_ms, accuracy=accuracy, half_width=half_width)
    return tuple((Reached(outcome=outcome, disturbed=disturbed and outcome.what == "ms"),) for outcome in found)


def _takes(goal: Goal, weighed: Weighed) -> tuple[Takes, ...]:
    timed = weighed.timed
    known = [("size_bytes", weighed.size_bytes, goal.most_bytes, False)]
    known += [("p50_ms", timed.p50_ms, goal.most_ms, timed.approximate)] if timed else []
    return tuple(
        Takes(column=column, cost=cost, limit=limit, approximate=approximate)
        for column, cost, limit, approximate in known
        if limit is not None
    )
