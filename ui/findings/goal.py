"""What a search for a goal found, and what a finished pipeline made of each limit."""

from dataclasses import dataclass

from distill_core.templates.goal import Goal, Outcome, Proposal, Weighed, outcomes
from ui.findings.facts import Paragraph

__all__ = ["Chosen", "Larger", "Reached", "Takes", "proposed", "reached"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Takes:
    """A cost by its column, with its limit."""

    column: str
    cost: float
    limit: float


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
    if not found.larger:
        return (chosen,)
    larger = found.larger.candidate
    takes = _takes(found.goal, found.larger)
    return (chosen, Larger(name=larger.title, number_format=larger.number_format, takes=takes))


def reached(
    goal: Goal, *, size_bytes: float | None, p50_ms: float | None, accuracy: float | None, disturbed: bool = False
) -> tuple[Paragraph, ...]:
    """A paragraph for each limit; ``disturbed`` is about ``p50_ms``."""
    found = outcomes(goal, size_bytes=size_bytes, p50_ms=p50_ms, accuracy=accuracy)
    return tuple((Reached(outcome=outcome, disturbed=disturbed and outcome.what == "ms"),) for outcome in found)


def _takes(goal: Goal, weighed: Weighed) -> tuple[Takes, ...]:
    known = [("size_bytes", weighed.size_bytes, goal.most_bytes), ("p50_ms", weighed.p50_ms, goal.most_ms)]
    return tuple(
        Takes(column=column, cost=cost, limit=limit) for column, cost, limit in known if limit is not None and cost
    )
