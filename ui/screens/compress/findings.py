"""What the numbers of a pipeline say: its facts, and their sentences."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from distill_core.compression import STEPS
from distill_core.decimals import difference_digits
from distill_core.evaluation.statistics import Difference, Verdict
from ui.findings import taken
from ui.findings.facts import Estimate, Fact, Gap, told_once
from ui.findings.pipeline import (
    Accuracy,
    Baseline,
    End,
    LatencyApart,
    Named,
    Pair,
    Rounded,
    Sliced,
    SmallerNumbers,
    Sparse,
    Speed,
    TrainedSparse,
)
from ui.findings.sentences import say
from ui.screens.compress.pipeline import Pipeline, Stage, difference
from ui.text.alike import alike

__all__ = ["accuracy", "delta_digits", "found", "gap", "is_nothing", "ratio", "sentences", "trained"]

# So many times as good as guessing is hardly more than that.
GUESS = 1.5
# Of these a pipeline often has several, which differ in their settings alone.
ALIKE = ("round", "sparsify", "int8", None)
LATENCY = "p50_ms"


def sentences(pipeline: Pipeline, *, classes: int, verdicts: Mapping[str, Verdict]) -> tuple[str, ...]:
    """What came of the pipeline beside its teacher, beside networks of equal size, and what each kind of step is about.

    ``verdicts``: for each of the others by its name, how the last trained stage stands beside it.
    """
    return tuple(say(fact) for fact in found(pipeline, classes=classes, verdicts=verdicts))


def found(pipeline: Pipeline, *, classes: int, verdicts: Mapping[str, Verdict]) -> tuple[Fact, ...]:
    """The facts behind ``sentences``."""
    digits = delta_digits(pipeline)
    facts = (
        *(_end(pipeline, stage) for stage in _ends(pipeline)),
        *(_baseline(pipeline, other, verdicts.get(other.name)) for other in pipeline.others if other.done),
        *(_of_step(pipeline, stage, classes) for stage in pipeline.done),
    )
    return told_once(_with_digits(fact, digits) for fact in facts if fact)


def delta_digits(pipeline: Pipeline) -> int:
    """The decimal places of a pipeline's differences in points, which stand beside each other: the most that one of
    them needs."""
    pairs = ((of, against, difference(of, against)) for of, against in _compared(pipeline))
    digits = (difference_digits(100 * one.mean, of.accuracy, other.accuracy) for of, other, one in pairs if one)
    return max(digits, default=1)


def _compared(pipeline: Pipeline) -> Iterator[tuple[Stage, Stage]]:
    """The finished stages of which a difference is told."""
    mine = trained(pipeline)
    yield from ((stage, before) for stage in pipeline.done if (before := pipeline.before(stage)))
    yield from ((stage, pipeline.teacher) for stage in _ends(pipeline) if pipeline.teacher)
    yield from ((mine, other) for other in pipeline.others if mine and other.done)


def _with_digits(fact: Fact, digits: int) -> Fact:
    told = getattr(fact, "gap", None)
    return replace(fact, gap=replace(told, digits=digits)) if told else fact


def trained(pipeline: Pipeline) -> Stage | None:
    """The last finished stage that was trained: what networks of equal size are compared with."""
    return next((stage for stage in reversed(pipeline.done) if stage.step is None and stage.role != "teacher"), None)


def ratio(value: float | None, other: float | None) -> float | None:
    """One divided by the other; None where one of them is not known."""
    return value / other if value and other else None


def is_nothing(found: Difference) -> bool:
    """Whether a difference and its interval, where it has one, read as 0.0 points."""
    return max(abs(found.mean), found.half_width or 0.0) < 0.0005


def accuracy(stage: Stage) -> Accuracy:
    """What a finished stage reaches."""
    return Accuracy(value=Estimate.of(stage.accuracy or 0.0, stage.half_width), alike=stage.alike)


def gap(found: Difference) -> Gap | None:
    """A difference in points; None where it reads as none."""
    return None if is_nothing(found) else Gap.between(found)


def _ends(pipeline: Pipeline) -> list[Stage]:
    """The finished stages of which nothing else was made yet. Of a rounded teacher its own sentence says it all."""
    passed = {stage.source for stage in pipeline.done}
    ends = [stage for stage in pipeline.done if stage.role != "teacher" and stage.name not in passed]
    return [stage for stage in ends if not (stage.step == "round" and pipeline.before(stage) == pipeline.teacher)]


def _end(pipeline: Pipeline, last: Stage) -> End | None:
    teacher = pipeline.teacher
    if teacher is None or teacher.accuracy is None or (moved := difference(last, teacher)) is None:
        return None
    both = _both(last, teacher)
    return End(
        network=_named(last),
        gap=gap(moved),
        teacher=teacher.accuracy,
        size_bytes=_differ(last.cost("onnx_bytes"), teacher.cost("onnx_bytes")),
        p50_ms=_differ(*both) if both else None,
        on_file=last.file is not None,
        apart=_apart(last, teacher),
    )


def _differ(own: float | None, other: float | None) -> Pair | None:
    return Pair(own=own, other=other) if own and other and not alike(own, other) else None


def _apart(stage: Stage, other: Stage) -> LatencyApart | None:
    own, beside = (taken.latency({LATENCY: each.cost(LATENCY), **each.taken}) for each in (stage, other))
    why = taken.why_not(stage.taken, other.taken)
    return LatencyApart(own=own, beside=other.name, other=beside, why=why) if own and beside and why else None


def _both(stage: Stage, before: Stage) -> tuple[float, float] | None:
    """Their latencies, where they can be held against each other."""
    now, then = stage.cost(LATENCY), before.cost(LATENCY)
    return (now, then) if now and then and taken.together(stage.taken, before.taken) else None


def _baseline(pipeline: Pipeline, other: Stage, verdict: Verdict | None) -> Baseline | None:
    """A network of the same size that began with random weights, beside the last stage that was trained."""
    mine = trained(pipeline)
    moved = difference(mine, other) if mine else None
    if mine is None or moved is None:
        return None
    judged = verdict.direction if verdict and verdict.judged else None
    equal = is_nothing(moved) and judged in (None, "no difference shown")
    return Baseline(
        name=other.name,
        accuracy=accuracy(other),
        network=_named(mine),
        gap=None if equal else Gap.between(moved),
        verdict=judged,
        one_seed=bool(judged and verdict and verdict.seeds == 1),
    )


def _of_step(pipeline: Pipeline, stage: Stage, classes: int) -> Fact | None:
    before, tell = pipeline.before(stage), ABOUT.get(stage.file or stage.step or "")
    if before and _keeps_zeros(pipeline, stage):
        return _trained_sparse(stage, before)
    return tell(stage, before, classes) if tell and before else None


def _keeps_zeros(pipeline: Pipeline, stage: Stage) -> bool:
    """Whether it was trained, and began with weights that stay 0."""
    before = pipeline.before(stage) if stage.step is None else None
    return before is not None and (_leaves_zeros(before) or _keeps_zeros(pipeline, before))


def _leaves_zeros(stage: Stage) -> bool:
    return stage.step in STEPS and STEPS.get(str(stage.step)).keeps_zeros


def _slice(stage: Stage, before: Stage, classes: int) -> Sliced:
    if stage.numbers.get("parameters", math.nan) == before.numbers.get("parameters"):
        return Sliced(network=_named(stage))
    guess = (stage.accuracy or 0.0) < GUESS / classes
    return Sliced(network=_named(stage), accuracy=accuracy(stage), whole=accuracy(before), guess=guess)


def _sparse(stage: Stage, before: Stage, classes: int) -> Sparse | None:
    zeros = stage.notes.get("zeros")
    if zeros is None:
        return None
    return Sparse(network=_named(stage), zeros=zeros, zipped=_zipped(stage, before), speed=_speed(stage, before))


def _trained_sparse(stage: Stage, before: Stage) -> TrainedSparse:
    zipped, whole = stage.numbers.get("zipped_bytes"), stage.cost("onnx_bytes")
    sizes = Pair(own=zipped, other=whole) if zipped and whole else None
    return TrainedSparse(network=_named(stage), accuracy=accuracy(stage), zipped=sizes, speed=_speed(stage, before))


def _zipped(stage: Stage, before: Stage) -> Pair | None:
    now, then = stage.numbers.get("zipped_bytes"), before.numbers.get("zipped_bytes")
    return Pair(own=now, other=then) if now and then else None


def _speed(stage: Stage, before: Stage) -> Speed | None:
    """Both files were timed, and two tries of one file differ too: what is less than that is no gain."""
    if not (both := _both(stage, before)):
        return None
    now, then = both
    direction = "no faster" if alike(now, then) else "faster" if now < then else "slower"
    return Speed(now_ms=now, then_ms=then, direction=direction)


def _rounded(stage: Stage, before: Stage, classes: int) -> Rounded | None:
    moved = difference(stage, before)
    if moved is None:
        return None
    return Rounded(
        network=_named(stage),
        gap=gap(moved),
        metric=stage.metric,
        largest_error=stage.notes.get("largest_error"),
        zipped=_zipped(stage, before),
    )


def _file(stage: Stage, before: Stage, classes: int) -> SmallerNumbers | None:
    """Of a file of the teacher its own sentence says the rest."""
    moved, speed = difference(stage, before), _speed(stage, before)
    alone = moved is None or before.role == "teacher"
    if alone and (speed is None or speed.direction == "faster"):
        return None
    return SmallerNumbers(
        network=_named(stage),
        of_teacher=alone,
        gap=gap(moved) if moved else None,
        metric=stage.metric,
        bytes_share=ratio(stage.cost("onnx_bytes"), before.cost("onnx_bytes")),
        speed=speed,
    )


ABOUT: dict[str, Callable[[Stage, Stage, int], Fact | None]] = {
    "slice": _slice,
    "sparsify": _sparse,
    "round": _rounded,
    "int8": _file,
    "float16": _file,
}


def _named(stage: Stage) -> Named:
    return Named(name=stage.name, settings=stage.settings if stage.step in ALIKE else "")
