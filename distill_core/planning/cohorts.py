"""One experiment as cohorts that train one after the other, so that what is finished is kept and seen early."""

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, groupby, pairwise

from distill_core.planning.runs import PlannedRun
from distill_core.spec import Experiment
from distill_core.store import RunRecord

# Networks in a cohort: enough to keep two threads busy, few enough that the first cells of a grid are soon stored and a
# stopped grid keeps them (CONTRIBUTING, "Cohorts of at most twelve").
MOST_TOGETHER = 12
TRAINING, EVALUATING = "Training", "Evaluating and exporting"


def split_into_cohorts(missing: Sequence[PlannedRun], experiment: Experiment) -> tuple[tuple[PlannedRun, ...], ...]:
    """The networks to train, generation after generation: who teaches is finished before those whom it teaches begin.

    Who sees another scene trains apart. A generation is cut into cohorts of nearly equal size, those of one seed
    together: they read one stream. Those who teach each other are never parted. In cached mode the teacher's answers
    are kept from cohort to cohort. In consistent mode all train at once: every cohort would cost another pass of the
    teacher.
    """
    groups = groupby(sorted(missing, key=_cohort_key), key=_cohort_key)
    return tuple(part for _, members in groups for part in _cut(tuple(members), experiment))


def _cut(missing: Sequence[PlannedRun], experiment: Experiment) -> tuple[tuple[PlannedRun, ...], ...]:
    if experiment.mode == "consistent" or len(missing) <= MOST_TOGETHER:
        return (tuple(missing),)
    peer_groups = sorted(by_peer_group(missing), key=lambda peer_group: peer_group[0].seed)
    ordered = [one for peer_group in peer_groups for one in peer_group]
    count = -(-len(ordered) // MOST_TOGETHER)
    between = list(accumulate(map(len, peer_groups), initial=0))
    wanted = [round(len(ordered) * part / count) for part in range(count + 1)]
    ends = sorted({min(between, key=lambda place: abs(place - end)) for end in wanted})
    return tuple(tuple(ordered[start:end]) for start, end in pairwise(ends))


def by_peer_group(planned: Sequence[PlannedRun]) -> tuple[tuple[PlannedRun, ...], ...]:
    """Those who teach each other together, at the place of their first; everybody else alone."""
    found: dict[tuple[str, ...], list[PlannedRun]] = {}
    for one in planned:
        found.setdefault(one.peers or (one.key,), []).append(one)
    return tuple(map(tuple, found.values()))


def stage(what: str, parts: Sequence[Sequence[PlannedRun]], place: int) -> str:
    """The name of a stage of one of these cohorts; where there is one only, the bare word."""
    if len(parts) == 1:
        return what
    generations = list(dict.fromkeys(part[0].level for part in parts))
    word = "step" if any(map(is_step, parts)) else "generation"
    which = f", {word} {parts[place][0].level + 1} of {generations[-1] + 1}" if len(generations) > 1 else ""
    before = sum(map(len, parts[:place]))
    first, last = before + 1, before + len(parts[place])
    who = f"network {first}" if first == last else f"networks {first} to {last}"
    return f"{what}{which}: {who} of {sum(map(len, parts))}"


def is_step(part: Sequence[PlannedRun]) -> bool:
    """Whether these networks are rungs of a ladder."""
    return any(one.start_of for one in part)


def find_stored(
    planned: Sequence[PlannedRun], find_runs: Callable[[Sequence[str]], Mapping[str, RunRecord]]
) -> dict[str, RunRecord | None]:
    """By key the runs that are there already; ``find_runs`` answers by fingerprint those that are, in one look.

    Where one of those who teach each other is not there, all train again.
    """
    found = find_runs([one.fingerprint for one in planned])
    there = {one.key: found.get(one.fingerprint) for one in planned}
    return {one.key: there[one.key] if all(there[key] for key in one.peers) else None for one in planned}


def _cohort_key(one: PlannedRun) -> tuple[int, str]:
    """Its generation, and what has happened to the images that it sees: a cohort shares them."""
    scene = one.student.scene
    return one.level, scene.to_json() if scene else ""
