"""What the numbers of a ladder say, in sentences computed from them."""

import math
from collections.abc import Callable, Mapping

from distill_core.compression import STEPS
from distill_core.decimals import rounded
from distill_core.evaluation.statistics import Difference, Verdict
from ui.screens.compress.rungs import Ladder, Rung, difference
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


def sentences(ladder: Ladder, *, classes: int, verdicts: Mapping[str, Verdict]) -> tuple[str, ...]:
    """What came of the chain beside its teacher, beside networks of equal size, and what each kind of step is about.

    ``verdicts``: for each of the others by its name, how the last trained rung stands beside it.
    """
    lines = (
        *(_whole(ladder, rung) for rung in _ends(ladder)),
        *(_other(ladder, other, verdicts.get(other.name)) for other in ladder.others if other.done),
        *(_of_step(ladder, rung, classes) for rung in ladder.done),
    )
    return tuple(sentence for sentence in lines if sentence)


def trained(ladder: Ladder) -> Rung | None:
    """The last finished rung that was trained: what networks of equal size are compared with."""
    return next((rung for rung in reversed(ladder.done) if rung.step is None and rung.role != "teacher"), None)


def _ends(ladder: Ladder) -> list[Rung]:
    """The finished rungs of which nothing else was made yet. Of a rounded teacher its own sentence says it all."""
    passed = {rung.source for rung in ladder.done}
    ends = [rung for rung in ladder.done if rung.role != "teacher" and rung.name not in passed]
    return [rung for rung in ends if not (rung.step == "round" and ladder.before(rung) == ladder.teacher)]


def _whole(ladder: Ladder, last: Rung) -> str:
    """An end that was reached, beside the teacher."""
    teacher = ladder.teacher
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


def _less(teacher: Rung, last: Rung, column: str, called: tuple[str, str], write: Callable[[float | None], str]) -> str:
    if column == LATENCY and not taken.together(teacher.taken, last.taken):
        return ""
    shrunk = ratio(teacher.cost(column), last.cost(column))
    if shrunk is None or alike(shrunk, 1.0):
        return ""
    how = f"**{times(shrunk)} times {called[0]}**" if shrunk > 1 else f"{times(1 / shrunk)} times {called[1]}"
    return f"{how} ({write(last.cost(column))} instead of {write(teacher.cost(column))})"


def _apart(rung: Rung, other: Rung) -> str:
    """Latencies that were not taken together are told, and not held against each other."""
    if not rung.cost(LATENCY) or not other.cost(LATENCY) or not (why := taken.why_not(rung.taken, other.taken)):
        return ""
    own, beside = (taken.milliseconds(stage.cost(LATENCY), stage.taken.get("disturbed")) for stage in (rung, other))
    return f" Its p50 ({own}) and that of {words.plain(other.name)} ({beside}) are not compared: {why}."


def _both(rung: Rung, before: Rung) -> tuple[float, float] | None:
    """Their latencies, where they can be held against each other."""
    now, then = rung.cost(LATENCY), before.cost(LATENCY)
    return (now, then) if now and then and taken.together(rung.taken, before.taken) else None


def _moves(found: Difference) -> str:
    """``loses 2.1 ± 0.4 points``; a mean of zero with its interval has no direction."""
    size = words.share_points(abs(found.mean), found.half_width).lstrip("+")
    way = "is at" if not rounded(100 * found.mean, 1) else "loses" if found.mean < 0 else "gains"
    return f"{way} **{size}**"


def _other(ladder: Ladder, other: Rung, verdict: Verdict | None) -> str:
    """A network of the same size that began with random weights, beside the last rung that was trained."""
    mine = trained(ladder)
    found = difference(mine, other) if mine else None
    if mine is None or found is None:
        return ""
    return f"{_first_up(words.plain(other.name))} reaches {reached(other)}; {_beside(mine, found, verdict)}."


def _beside(mine: Rung, found: Difference, verdict: Verdict | None) -> str:
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


def _of_step(ladder: Ladder, rung: Rung, classes: int) -> str:
    before, tell = ladder.before(rung), ABOUT.get(rung.file or rung.step or "")
    if before and _keeps_zeros(ladder, rung):
        return _trained_sparse(rung, before)
    return tell(rung, before, classes) if tell and before else ""


def _keeps_zeros(ladder: Ladder, rung: Rung) -> bool:
    """Whether it was trained, and began with weights that stay 0."""
    before = ladder.before(rung) if rung.step is None else None
    return before is not None and (_leaves_zeros(before) or _keeps_zeros(ladder, before))


def _leaves_zeros(rung: Rung) -> bool:
    return rung.step in STEPS and STEPS.get(str(rung.step)).keeps_zeros


def _slice(rung: Rung, before: Rung, classes: int) -> str:
    if rung.numbers.get("parameters", math.nan) == before.numbers.get("parameters"):
        return f"{_name(rung)}: this slice cuts nothing, it is the whole network."
    kept = f"Before any training {_name(rung)} has {reached(rung)} of the {reached(before)} it was cut from"
    guess = (rung.accuracy or 0.0) < GUESS / classes
    return f"{kept}, which is hardly more than guessing." if guess else f"{kept}."


def _sparse(rung: Rung, before: Rung, classes: int) -> str:
    zeros = rung.notes.get("zeros")
    share = f"{words.percent(zeros, digits=0)} of its weights are 0" if zeros is not None else ""
    parts = [part for part in (share, _zipped(rung, before), _as_fast(rung, before)) if part]
    return f"{_name(rung)}: {words.join(parts)}." if parts else ""


def _trained_sparse(rung: Rung, before: Rung) -> str:
    zipped, whole = rung.numbers.get("zipped_bytes"), rung.cost("onnx_bytes")
    size = (
        f"the zip of its file has {words.size(zipped)}, unzipped it has {words.size(whole)}" if zipped and whole else ""
    )
    parts = [f"it reaches {reached(rung)}", size, _as_fast(rung, before)]
    return f"{_name(rung)} trained on with its zeros: {words.join([part for part in parts if part])}."


def _zipped(rung: Rung, before: Rung) -> str:
    now, then = rung.numbers.get("zipped_bytes"), before.numbers.get("zipped_bytes")
    return f"the zip of its file has {words.size(now)} instead of {words.size(then)}" if now and then else ""


def _as_fast(rung: Rung, before: Rung) -> str:
    """Both files were timed, and two tries of one file differ too: what is less than that is no gain."""
    if not (both := _both(rung, before)):
        return ""
    now, then = both
    measured = f"p50 {words.milliseconds(now)}, {words.milliseconds(then)} before"
    if not alike(now, then):
        return f"it is {'faster' if now < then else '**slower**'} ({measured})"
    apart = max(1, math.ceil(100 * abs(now / then - 1) - ROUND_OFF))
    return f"it is **no faster** ({measured}: within {apart} %)"


def _rounded(rung: Rung, before: Rung, classes: int) -> str:
    error, found = rung.notes.get("largest_error"), difference(rung, before)
    if found is None:
        return ""
    wrong = f"no weight moves by more than {error:.2g}" if error is not None else ""
    gap = words.share_points(found.mean, found.half_width)
    moved = f"{rung.metric} is where it was" if is_nothing(found) else f"{rung.metric} moves by {gap}"
    return f"{_name(rung)}: {words.join([part for part in (wrong, moved, _zipped(rung, before)) if part])}."


def _file(rung: Rung, before: Rung, classes: int) -> str:
    """Of a file of the teacher its own sentence says the rest."""
    found, time = difference(rung, before), _time(rung, before)
    share = ratio(rung.cost("onnx_bytes"), before.cost("onnx_bytes"))
    if found is None or before.role == "teacher":
        return f"{_name(rung)}: {time}." if time and not _faster(rung, before) else ""
    size = f"has {words.percent(share, digits=0)} of the bytes of its float file" if share else ""
    gap = f"is at {words.share_points(found.mean, found.half_width)} beside it"
    gap = f"there is no difference in {rung.metric} between them" if is_nothing(found) else gap
    text = f"{_name(rung)} {words.join([part for part in (size, gap) if part])}"
    return f"{text}; {time}." if time else f"{text}."


def _faster(rung: Rung, before: Rung) -> bool:
    both = _both(rung, before)
    return bool(both and both[0] < both[1] and not alike(*both))


def _time(rung: Rung, before: Rung) -> str:
    """The p50 of a file of smaller numbers beside that of its own float file."""
    if not (both := _both(rung, before)):
        return ""
    now, then = both
    what = "faster" if _faster(rung, before) else "no faster" if alike(now, then) else "**slower**"
    return f"p50 {words.milliseconds(now)}, {words.milliseconds(then)} as floats: {what}"


ABOUT: dict[str, Callable[[Rung, Rung, int], str]] = {
    "slice": _slice,
    "sparsify": _sparse,
    "round": _rounded,
    "int8": _file,
    "float16": _file,
}


def _name(rung: Rung) -> str:
    return f"**{words.plain(rung.name)}**{f' ({rung.settings})' if rung.settings and rung.step in ALIKE else ''}"
