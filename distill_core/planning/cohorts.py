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
    """The runs to train, level by level, so that teachers are finished before their students begin.

    Runs on differently corrupted images never share a cohort. A level is cut into cohorts of nearly equal size; runs of
    one seed stay together, since they read one stream, and so do peers. In consistent mode a level is one cohort: every
    further cohort would cost another pass of the teacher.
    """
    groups = groupby(sorted(missing, key=_cohort_key), key=_cohort_key)
    return tuple(part for _, members in groups for part in _cut(tuple(members), experiment))


def _cut(missing: Sequence[PlannedRun], experiment: Experiment) -> tuple[tuple[PlannedRun, ...], ...]:
    if experiment.mode == "consistent" or len(missing) <= MOST_TOGETHER:
        return (tuple(missing),)
    peer_groups = sorted(by_peer_group(missing), key=lambda peer_group: peer_group[0].seed)
    ordered = [run for peer_group in peer_groups for run in peer_group]
    count = -(-len(ordered) // MOST_TOGETHER)
    between = list(accumulate(map(len, peer_groups), initial=0))
    wanted = [round(len(ordered) * part / count) for part in range(count + 1)]
    ends = sorted({min(between, key=lambda place: abs(place - end)) for end in wanted})
    return tuple(tuple(ordered[start:end]) for start, end in pairwise(ends))


def by_peer_group(planned: Sequence[PlannedRun]) -> tuple[tuple[PlannedRun, ...], ...]:
    """The runs in groups: peers together, at the place of the first of them; every other run alone."""
    groups: dict[tuple[str, ...], list[PlannedRun]] = {}
    for run in planned:
        groups.setdefault(run.peers or (run.key,), []).append(run)
    return tuple(map(tuple, groups.values()))


def stage(what: str, parts: Sequence[Sequence[PlannedRun]], place: int) -> str:
    """The title of a stage of the cohort at ``place``; ``what`` alone where there is one cohort only."""
    if len(parts) == 1:
        return what
    generations = list(dict.fromkeys(part[0].level for part in parts))
    word = "step" if any(map(is_step, parts)) else "generation"
    which = f", {word} {parts[place][0].level + 1} of {generations[-1] + 1}" if len(generations) > 1 else ""
    before = sum(map(len, parts[:place]))
    first, last = before + 1, before + len(parts[place])
    which_networks = f"network {first}" if first == last else f"networks {first} to {last}"
    return f"{what}{which}: {which_networks} of {sum(map(len, parts))}"


def is_step(part: Sequence[PlannedRun]) -> bool:
    """Whether these runs are stages of a compression chain."""
    return any(run.start_of for run in part)


def find_stored(
    planned: Sequence[PlannedRun], find_runs: Callable[[Sequence[str]], Mapping[str, RunRecord]]
) -> dict[str, RunRecord | None]:
    """The stored run of each planned run by its key, None where it is to be trained; ``find_runs`` returns runs by
    fingerprint. Where one of a group of peers is not stored, all of them train again.
    """
    by_fingerprint = find_runs([run.fingerprint for run in planned])
    stored = {run.key: by_fingerprint.get(run.fingerprint) for run in planned}
    return {run.key: stored[run.key] if all(stored[key] for key in run.peers) else None for run in planned}


def _cohort_key(run: PlannedRun) -> tuple[int, str]:
    """Level and corruption, which the runs of a cohort share."""
    scene = run.student.scene
    return run.level, scene.to_json() if scene else ""
