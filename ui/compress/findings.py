"""What the numbers of a ladder say, in sentences computed from them."""

import math
from collections.abc import Callable, Mapping

from ui import words
from ui.alike import alike
from ui.compress.rungs import Ladder, Rung, difference
from ui.compress.said import ratio, reached, times

__all__ = ["sentences", "trained"]

JUDGED = {"better": ": better", "worse": ": worse", "no difference shown": ": no difference is shown"}
# So many times as good as guessing is hardly more than that.
GUESS = 1.5
# Of these a chain often has several, which differ in their settings alone.
ALIKE = ("round", "sparsify", "int8", None)
# In percent: 4.0000001 is 4.
ROUND_OFF = 1e-6


def sentences(ladder: Ladder, *, classes: int, verdicts: Mapping[str, str]) -> tuple[str, ...]:
    """What came of the chain beside its teacher, beside networks of equal size, and what each kind of step is about.

    ``verdicts``: for each of the others by its name, how the last trained rung stands beside it.
    """
    told = (
        *(_whole(ladder, rung) for rung in _ends(ladder)),
        *(_other(ladder, other, verdicts.get(other.name, "")) for other in ladder.others if other.done),
        *(_of_step(ladder, rung, classes) for rung in ladder.done),
    )
    return tuple(sentence for sentence in told if sentence)


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
        _less(teacher, last, "p50_ms", ("lower p50", "higher p50"), words.milliseconds),
    ]
    found = difference(last, teacher)
    costs = ", ".join(filter(None, parts))
    lost = f"{_moves(found.mean, found.half_width)} against the teacher's {words.percent(teacher.accuracy)}"
    file = ", measured on the file itself" if last.file else ""
    return f"{_name(last)} {words.join([f'has {costs}', lost] if costs else [lost])}{file}."


def _less(teacher: Rung, last: Rung, column: str, called: tuple[str, str], write: Callable[[float | None], str]) -> str:
    shrunk = ratio(teacher.cost(column), last.cost(column))
    if shrunk is None or alike(shrunk, 1.0):
        return ""
    how = f"**{times(shrunk)} times {called[0]}**" if shrunk > 1 else f"{times(1 / shrunk)} times {called[1]}"
    return f"{how} ({write(last.cost(column))} instead of {write(teacher.cost(column))})"


def _moves(mean: float, half_width: float | None) -> str:
    """``loses 2.1 ± 0.4 points``."""
    size = words.share_points(abs(mean), half_width).lstrip("+")
    return f"{'loses' if mean < 0 else 'gains'} **{size}**"


def _other(ladder: Ladder, other: Rung, verdict: str) -> str:
    """A network of the same size that began with random weights, beside the last rung that was trained."""
    mine = trained(ladder)
    found = difference(mine, other) if mine else None
    if mine is None or found is None:
        return ""
    gap = words.share_points(found.mean, found.half_width)
    beside = f"{_name(mine)} is at **{gap}** beside it{_judged(verdict)}"
    return f"{_first_up(words.plain(other.name))} reaches {reached(other)}; {beside}."


def _judged(verdict: str) -> str:
    """With one seed the lab's verdict says first of whom it speaks."""
    whose, _, found = verdict.rpartition(", ")
    return f"{JUDGED[found]}{f' ({whose})' if whose else ''}" if found in JUDGED else ""


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _of_step(ladder: Ladder, rung: Rung, classes: int) -> str:
    before, tell = ladder.before(rung), ABOUT.get(rung.file or rung.step or "")
    return tell(rung, before, classes) if tell and before else ""


def _slice(rung: Rung, before: Rung, classes: int) -> str:
    kept = f"Before any training {_name(rung)} has {reached(rung)} of the {reached(before)} it was cut from"
    guess = (rung.accuracy or 0.0) < GUESS / classes
    return f"{kept}, which is hardly more than guessing." if guess else f"{kept}."


def _sparse(rung: Rung, before: Rung, classes: int) -> str:
    zeros = rung.notes.get("zeros")
    share = f"{words.percent(zeros, digits=0)} of its weights are 0" if zeros is not None else ""
    parts = [part for part in (share, _zipped(rung, before), _as_fast(rung, before)) if part]
    return f"{_name(rung)}: {words.join(parts)}." if parts else ""


def _zipped(rung: Rung, before: Rung) -> str:
    now, then = rung.numbers.get("zipped_bytes"), before.numbers.get("zipped_bytes")
    return f"zipped it has {words.size(now)} instead of {words.size(then)}" if now and then else ""


def _as_fast(rung: Rung, before: Rung) -> str:
    """Both files were timed, and two tries of one file differ too: what is less than that is no gain."""
    now, then = rung.cost("p50_ms"), before.cost("p50_ms")
    if not now or not then:
        return ""
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
    moved = f"accuracy moves by {words.share_points(found.mean, found.half_width)}"
    return f"{_name(rung)}: {words.join([part for part in (wrong, moved, _zipped(rung, before)) if part])}."


def _file(rung: Rung, before: Rung, classes: int) -> str:
    found, share = difference(rung, before), ratio(rung.cost("onnx_bytes"), before.cost("onnx_bytes"))
    if found is None or before.role == "teacher":
        return ""
    size = f"has {words.percent(share, digits=0)} of the bytes of its float file, and " if share else ""
    gap = words.share_points(found.mean, found.half_width)
    return f"{_name(rung)} {size}is at {gap} beside it."


ABOUT: dict[str, Callable[[Rung, Rung, int], str]] = {
    "slice": _slice,
    "sparsify": _sparse,
    "round": _rounded,
    "int8": _file,
    "float16": _file,
}


def _name(rung: Rung) -> str:
    return f"**{words.plain(rung.name)}**{f' ({rung.settings})' if rung.settings and rung.step in ALIKE else ''}"
