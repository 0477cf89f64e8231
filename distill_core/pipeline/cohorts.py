"""One experiment as cohorts that train one after the other, so that what is finished is kept and seen early."""

from collections.abc import Sequence
from itertools import pairwise

from distill_core.experiment import Experiment
from distill_core.pipeline.runs import PlannedStudent

__all__ = ["EVALUATING", "TRAINING", "cohorts", "stage"]

# Enough for two threads to be busy all the time, few enough that the first cells of a grid are soon there.
MOST_TOGETHER = 12
TRAINING, EVALUATING = "Training", "Evaluating and exporting"


def cohorts(missing: Sequence[PlannedStudent], experiment: Experiment) -> tuple[tuple[PlannedStudent, ...], ...]:
    """The networks to train, in cohorts of nearly equal size, those of one seed together: they read one stream.

    In cached mode the teacher's answers are kept from cohort to cohort. In consistent mode all train at once: every
    cohort would cost another pass of the teacher.
    """
    if experiment.mode == "consistent" or len(missing) <= MOST_TOGETHER:
        return (tuple(missing),) if missing else ()
    ordered = sorted(missing, key=lambda one: one.seed)
    count = -(-len(ordered) // MOST_TOGETHER)
    ends = [round(len(ordered) * part / count) for part in range(count + 1)]
    return tuple(tuple(ordered[start:end]) for start, end in pairwise(ends))


def stage(what: str, parts: Sequence[Sequence[PlannedStudent]], place: int) -> str:
    """The name of a stage of one of these cohorts; where there is one only, the bare word."""
    if len(parts) == 1:
        return what
    before = sum(map(len, parts[:place]))
    return f"{what}: networks {before + 1} to {before + len(parts[place])} of {sum(map(len, parts))}"
