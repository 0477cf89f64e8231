"""What the numbers of a pipeline say, in sentences computed from them."""

import math
from collections.abc import Callable, Mapping

from distill_core.compression import STEPS
from distill_core.decimals import rounded
from distill_core.evaluation.statistics import Difference, Verdict
from ui.screens.compress.pipeline import Pipeline, Stage, difference
from ui.screens.compress.said import is_nothing, ratio, reached, times
from ui.text import taken, words
from ui.text.alike import alike

__all__ = ["sentences", "trained"]

# So many times as good as guessing is hardly more than that.
GUESS = 1.5
# Of these a chain often has several, which differ in their settings alone.
ALIKE = ("round", "sparsify", "int8", None)
LATENCY = "p50_ms"
# In percent: 4.0000001 is 4.
ROUND_OFF = 1e-6


def sentences(pipeline: Pipeline, *, classes: int, verdicts: Mapping[str, Verdict]) -> tuple[str, ...]:
    """What came of the chain beside its teacher, beside networks of equal size, and what each kind of step is about.

    ``verdicts``: for each of the others by its name, how the last trained stage stands beside it.
    """
    lines = (
        *(_whole(pipeline, stage) for stage in _ends(pipeline)),
        *(_other(pipeline, other, verdicts.get(other.name)) for other in pipeline.others if other.done),
        *(_of_step(pipeline, stage, classes) for stage in pipeline.done),
    )
    return tuple(sentence for sentence in lines if sentence)


def trained(pipeline: Pipeline) -> Stage | None:
    """The last finished stage that was trained: what networks of equal size are compared with."""
    return next((stage for stage in reversed(pipeline.done) if stage.step is None and stage.role != "teacher"), None)


def _ends(pipeline: Pipeline) -> list[Stage]:
    """The finished stages of which nothing else was made yet. Of a rounded teacher its own sentence says it all."""
    passed = {stage.source for stage in pipeline.done}
    ends = [stage for stage in pipeline.done if stage.role != "teacher" and stage.name not in passed]
    return [stage for stage in ends if not (stage.step == "round" and pipeline.before(stage) == pipeline.teacher)]


def _whole(pipeline: Pipeline, last: Stage) -> str:
    """An end that was reached, beside the teacher."""
    teacher = pipeline.teacher
    if teacher is None or not teacher.done:
        return ""
    parts = [
        _less(teacher, last, "onnx_bytes", ("fewer bytes", "more bytes"), words.size),
        _less(teacher, last, LATENCY, ("lower p50", "higher p50"), words.milliseconds),
    ]
    found = difference(last, teacher)
    costs = ", ".join(filter(None, parts))
    apart = _apart(last, teacher)
    lost = f"{_moves(found)} against the teacher's {words.percent(teacher.accuracy)}"
    if is_nothing(found):
        lost = f"is where the teacher is, at {words.percent(teacher.accuracy)}"
    file = ", measured on the file itself" if last.file else ""
    return f"{_name(last)} {words.join([f'has {costs}', lost] if costs else [lost])}{file}.{apart}"


def _less(
    teacher: Stage, last: Stage, column: str, called: tuple[str, str], write: Callable[[float | None], str]
) -> str:
    if column == LATENCY and not taken.together(teacher.taken, last.taken):
        return ""
    shrunk = ratio(teacher.cost(column), last.cost(column))
    if shrunk is None or alike(shrunk, 1.0):
        return ""
    how = f"**{times(shrunk)} times {called[0]}**" if shrunk > 1 else f"{times(1 / shrunk)} times {called[1]}"
    return f"{how} ({write(last.cost(column))} instead of {write(teacher.cost(column))})"


def _apart(stage: Stage, other: Stage) -> str:
    """Latencies that were not taken together are told, and not held against each other."""
    if not stage.cost(LATENCY) or not other.cost(LATENCY) or not (why := taken.why_not(stage.taken, other.taken)):
        return ""
    own, beside = (taken.milliseconds(each.cost(LATENCY), each.taken.get("disturbed")) for each in (stage, other))
    return f" Its p50 ({own}) and that of {words.plain(other.name)} ({beside}) are not compared: {why}."


def _both(stage: Stage, before: Stage) -> tuple[float, float] | None:
    """Their latencies, where they can be held against each other."""
    now, then = stage.cost(LATENCY), before.cost(LATENCY)
    return (now, then) if now and then and taken.together(stage.taken, before.taken) else None


def _moves(found: Difference) -> str:
    """``loses 2.1 ± 0.4 points``; a mean of zero with its interval has no direction."""
    size = words.share_points(abs(found.mean), found.half_width).lstrip("+")
    way = "is at" if not rounded(100 * found.mean, 1) else "loses" if found.mean < 0 else "gains"
    return f"{way} **{size}**"


def _other(pipeline: Pipeline, other: Stage, verdict: Verdict | None) -> str:
    """A network of the same size that began with random weights, beside the last stage that was trained."""
    mine = trained(pipeline)
    found = difference(mine, other) if mine else None
    if mine is None or found is None:
        return ""
    return f"{_first_up(words.plain(other.name))} reaches {reached(other)}; {_beside(mine, found, verdict)}."


def _beside(mine: Stage, found: Difference, verdict: Verdict | None) -> str:
    text = _judged(verdict)
    if is_nothing(found) and (not text or (verdict and verdict.direction == "no difference shown")):
        return f"between it and {_name(mine)} {text or 'there is no difference'}"
    return f"{_name(mine)} is at **{words.share_points(found.mean, found.half_width)}** beside it{text and f': {text}'}"


def _judged(verdict: Verdict | None) -> str:
    if verdict is None or not verdict.judged:
        return ""
    return words.DIRECTIONS[verdict.direction] + (" (one seed: these two networks)" if verdict.seeds == 1 else "")


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _of_step(pipeline: Pipeline, stage: Stage, classes: int) -> str:
    before, tell = pipeline.before(stage), ABOUT.get(stage.file or stage.step or "")
    if before and _keeps_zeros(pipeline, stage):
        return _trained_sparse(stage, before)
    return tell(stage, before, classes) if tell and before else ""


def _keeps_zeros(pipeline: Pipeline, stage: Stage) -> bool:
    """Whether it was trained, and began with weights that stay 0."""
    before = pipeline.before(stage) if stage.step is None else None
    return before is not None and (_leaves_zeros(before) or _keeps_zeros(pipeline, before))


def _leaves_zeros(stage: Stage) -> bool:
    return stage.step in STEPS and STEPS.get(str(stage.step)).keeps_zeros


def _slice(stage: Stage, before: Stage, classes: int) -> str:
    if stage.numbers.get("parameters", math.nan) == before.numbers.get("parameters"):
        return f"{_name(stage)}: this slice cuts nothing, it is the whole network."
    kept = f"Before any training {_name(stage)} has {reached(stage)} of the {reached(before)} it was cut from"
    guess = (stage.accuracy or 0.0) < GUESS / classes
    return f"{kept}, which is hardly more than guessing." if guess else f"{kept}."


def _sparse(stage: Stage, before: Stage, classes: int) -> str:
    zeros = stage.notes.get("zeros")
    share = f"{words.percent(zeros, digits=0)} of its weights are 0" if zeros is not None else ""
    parts = [part for part in (share, _zipped(stage, before), _as_fast(stage, before)) if part]
    return f"{_name(stage)}: {words.join(parts)}." if parts else ""


def _trained_sparse(stage: Stage, before: Stage) -> str:
    zipped, whole = stage.numbers.get("zipped_bytes"), stage.cost("onnx_bytes")
    size = (
        f"the zip of its file has {words.size(zipped)}, unzipped it has {words.size(whole)}" if zipped and whole else ""
    )
    parts = [f"it reaches {reached(stage)}", size, _as_fast(stage, before)]
    return f"{_name(stage)} trained on with its zeros: {words.join([part for part in parts if part])}."


def _zipped(stage: Stage, before: Stage) -> str:
    now, then = stage.numbers.get("zipped_bytes"), before.numbers.get("zipped_bytes")
    return f"the zip of its file has {words.size(now)} instead of {words.size(then)}" if now and then else ""


def _as_fast(stage: Stage, before: Stage) -> str:
    """Both files were timed, and two tries of one file differ too: what is less than that is no gain."""
    if not (both := _both(stage, before)):
        return ""
    now, then = both
    measured = f"p50 {words.milliseconds(now)}, {words.milliseconds(then)} before"
    if not alike(now, then):
        return f"it is {'faster' if now < then else '**slower**'} ({measured})"
    apart = max(1, math.ceil(100 * abs(now / then - 1) - ROUND_OFF))
    return f"it is **no faster** ({measured}: within {apart} %)"


def _rounded(stage: Stage, before: Stage, classes: int) -> str:
    error, found = stage.notes.get("largest_error"), difference(stage, before)
    if found is None:
        return ""
    wrong = f"no weight moves by more than {error:.2g}" if error is not None else ""
    gap = words.share_points(found.mean, found.half_width)
    moved = f"{stage.metric} is where it was" if is_nothing(found) else f"{stage.metric} moves by {gap}"
    return f"{_name(stage)}: {words.join([part for part in (wrong, moved, _zipped(stage, before)) if part])}."


def _file(stage: Stage, before: Stage, classes: int) -> str:
    """Of a file of the teacher its own sentence says the rest."""
    found, time = difference(stage, before), _time(stage, before)
    share = ratio(stage.cost("onnx_bytes"), before.cost("onnx_bytes"))
    if found is None or before.role == "teacher":
        return f"{_name(stage)}: {time}." if time and not _faster(stage, before) else ""
    size = f"has {words.percent(share, digits=0)} of the bytes of its float file" if share else ""
    gap = f"is at {words.share_points(found.mean, found.half_width)} beside it"
    gap = f"there is no difference in {stage.metric} between them" if is_nothing(found) else gap
    text = f"{_name(stage)} {words.join([part for part in (size, gap) if part])}"
    return f"{text}; {time}." if time else f"{text}."


def _faster(stage: Stage, before: Stage) -> bool:
    both = _both(stage, before)
    return bool(both and both[0] < both[1] and not alike(*both))


def _time(stage: Stage, before: Stage) -> str:
    """The p50 of a file of smaller numbers beside that of its own float file."""
    if not (both := _both(stage, before)):
        return ""
    now, then = both
    what = "faster" if _faster(stage, before) else "no faster" if alike(now, then) else "**slower**"
    return f"p50 {words.milliseconds(now)}, {words.milliseconds(then)} as floats: {what}"


ABOUT: dict[str, Callable[[Stage, Stage, int], str]] = {
    "slice": _slice,
    "sparsify": _sparse,
    "round": _rounded,
    "int8": _file,
    "float16": _file,
}


def _name(stage: Stage) -> str:
    return f"**{words.plain(stage.name)}**{f' ({stage.settings})' if stage.settings and stage.step in ALIKE else ''}"
