"""Looks for the largest network that keeps to a goal, of those that may."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from distill_core.errors import InvalidSetting, Names, said
from distill_core.networks import entry_of
from distill_core.templates.goal import Candidate, Goal, Proposal, Timed, Weighed

# A network that would have to work more than this many times faster than any of its family that was timed is not timed.
LIKELY_PACE = 2.0
# Where nothing fits, so many of the smallest are weighed for the nearest.
NEAREST = 6
# Of a latency that is more than its limit by this factor in a rough timing, no exact one is taken.
ROUGHLY = 1.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Scales:
    """How a candidate is weighed: the bytes of its file, and its latency. ``report`` is told how many are done, and
    which comes next; it may raise to end the search."""

    size_bytes: Callable[[Candidate], int]
    roughly: Callable[[Candidate], Timed]
    exactly: Callable[[Candidate], Timed]
    report: Callable[[int, str], None] = field(default=lambda done, title: None)


def propose(goal: Goal, offered: Sequence[Candidate], scales: Scales) -> Proposal:
    """The first of the candidates that fits.

    Raises: InvalidSetting, with the nearest that was weighed, where none does.
    """
    refused: list[Weighed] = []
    for weighed in _plausible(goal, offered, scales):
        if not fits(goal, weighed):
            refused.append(weighed)
            continue
        chosen, larger = weighed, _larger(goal, weighed, offered, refused, scales)
        while larger and fits(goal, larger):  # its pace was unlikely, and yet
            chosen, larger = larger, _larger(goal, larger, offered, refused, scales)
        return Proposal(goal=goal, chosen=chosen, larger=larger, candidates=len(offered))
    raise _out_of_reach(goal, [*refused, *_nearest(goal, offered, scales)])


def _larger(
    goal: Goal, than: Weighed, offered: Sequence[Candidate], refused: Sequence[Weighed], scales: Scales
) -> Weighed | None:
    """The next larger network of its group, in its smallest format; as it was weighed where it was ``refused``."""
    before = offered[: offered.index(than.candidate)]
    own = than.candidate
    others = [one for one in before if one.blueprint != own.blueprint and one.sliced == own.sliced]
    known = {one.candidate: one for one in refused}
    return known.get(others[-1]) or _weighed(goal, others[-1], scales) if others else None


def fits(goal: Goal, weighed: Weighed) -> bool:
    """Whether a network keeps to both limits."""
    small = goal.most_bytes is None or weighed.size_bytes <= goal.most_bytes
    return small and (goal.most_ms is None or (weighed.p50_ms is not None and weighed.p50_ms <= goal.most_ms))


def _plausible(goal: Goal, offered: Sequence[Candidate], scales: Scales) -> Iterator[Weighed]:
    """Those that are weighed, in their order: what cannot fit by its weights alone, or by the pace that its family has
    on this machine in such files, is left out."""
    paces: dict[tuple[str, str], float] = {}
    for place, candidate in enumerate(offered):
        if goal.most_bytes is not None and candidate.least_bytes > goal.most_bytes:
            continue
        kind = candidate.number_format, entry_of(candidate.blueprint.architecture).family
        pace = paces.get(kind)
        if pace and goal.most_ms is not None and candidate.macs > LIKELY_PACE * pace * goal.most_ms:
            continue
        scales.report(place, candidate.title)
        weighed = _weighed(goal, candidate, scales)
        if weighed.p50_ms is not None:
            paces[kind] = max(candidate.macs / weighed.p50_ms, pace or 0.0)
        yield weighed


def _weighed(goal: Goal, candidate: Candidate, scales: Scales) -> Weighed:
    size_bytes = scales.size_bytes(candidate)
    if goal.most_ms is None:
        return Weighed(candidate=candidate, size_bytes=size_bytes)
    timed = scales.roughly(candidate)
    near = timed.p50_ms <= ROUGHLY * goal.most_ms and (goal.most_bytes is None or size_bytes <= goal.most_bytes)
    if timed.approximate and near:
        timed = scales.exactly(candidate)
    return Weighed(candidate=candidate, size_bytes=size_bytes, timed=timed)


def _nearest(goal: Goal, offered: Sequence[Candidate], scales: Scales) -> Iterator[Weighed]:
    by = (lambda one: one.least_bytes) if goal.most_bytes is not None else (lambda one: one.macs)
    for candidate in sorted(offered, key=by)[:NEAREST]:
        scales.report(len(offered), candidate.title)
        yield _weighed(goal, candidate, scales)


def _out_of_reach(goal: Goal, weighed: Sequence[Weighed]) -> InvalidSetting:
    """Nearest is what exceeds its limits by the smallest factor."""
    if not weighed:
        return InvalidSetting("the goal", expected="a task with networks", got="none", hint="choose another task")
    nearest = min(weighed, key=lambda one: _excess(goal, one))
    wanted = [said("{size:,} bytes", goal.most_bytes)] if goal.most_bytes else []
    wanted += [said("{latency:g} ms", goal.most_ms)] if goal.most_ms else []
    reached = [said("{size:,} bytes", nearest.size_bytes)] if goal.most_bytes else []
    timed = "about {latency:.3g} ms" if nearest.timed and nearest.timed.approximate else "{latency:.3g} ms"
    reached += [said(timed, nearest.p50_ms)] if goal.most_ms and nearest.p50_ms else []
    return InvalidSetting(
        "the goal",
        expected="a limit that some network keeps to",
        got=said("{names: and }", Names(wanted)),
        hint=said(
            "the nearest is {candidate} in {number_format} with {values}: allow as much",
            nearest.candidate.title,
            nearest.candidate.number_format,
            said("{names: and }", Names(reached)),
        ),
    )


def _excess(goal: Goal, one: Weighed) -> float:
    size = one.size_bytes / goal.most_bytes if goal.most_bytes else 0.0
    return max(size, (one.p50_ms or 0.0) / goal.most_ms if goal.most_ms else 0.0)
