"""One experiment as cohorts that train one after the other, so that what is finished is kept and seen early."""

from collections.abc import Sequence
from itertools import groupby, pairwise

from distill_core.experiment import Experiment
from distill_core.pipeline.runs import PlannedStudent

__all__ = ["EVALUATING", "TRAINING", "cohorts", "stage"]

# Enough for two threads to be busy all the time, few enough that the first cells of a grid are soon there.
MOST_TOGETHER = 12
TRAINING, EVALUATING = "Training", "Evaluating and exporting"


def cohorts(missing: Sequence[PlannedStudent], experiment: Experiment) -> tuple[tuple[PlannedStudent, ...], ...]:
    """The networks to train, generation after generation: who teaches is finished before those whom it teaches begin.

    A generation is cut into cohorts of nearly equal size, those of one seed together: they read one stream. In cached
    mode the teacher's answers are kept from cohort to cohort. In consistent mode all train at once: every
    cohort would cost another pass of the teacher.
    """
    by_generation = groupby(sorted(missing, key=_generation), key=_generation)
    return tuple(part for _, members in by_generation for part in _cut(tuple(members), experiment))


def _cut(missing: Sequence[PlannedStudent], experiment: Experiment) -> tuple[tuple[PlannedStudent, ...], ...]:
    if experiment.mode == "consistent" or len(missing) <= MOST_TOGETHER:
        return (tuple(missing),)
    ordered = sorted(missing, key=lambda one: one.seed)
    count = -(-len(ordered) // MOST_TOGETHER)
    ends = [round(len(ordered) * part / count) for part in range(count + 1)]
    return tuple(tuple(ordered[start:end]) for start, end in pairwise(ends))


def stage(what: str, parts: Sequence[Sequence[PlannedStudent]], place: int) -> str:
    """The name of a stage of one of these cohorts; where there is one only, the bare word."""
    if len(parts) == 1:
        return what
    generations = list(dict.fromkeys(part[0].generation for part in parts))
    which = f", generation {parts[place][0].generation + 1} of {generations[-1] + 1}" if len(generations) > 1 else ""
    before = sum(map(len, parts[:place]))
    return f"{what}{which}: networks {before + 1} to {before + len(parts[place])} of {sum(map(len, parts))}"


def _generation(one: PlannedStudent) -> int:
    return one.generation
