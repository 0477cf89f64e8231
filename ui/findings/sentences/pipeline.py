"""What a compression pipeline shows, in sentences."""

import math

from distill_core.decimals import rounded
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
from ui.findings.sentences.base import apart, gap, latency, say, share
from ui.text import words
from ui.text.language import N_, _

__all__ = ["reached"]

# In percent: 4.0000001 is 4.
ROUND_OFF = 1e-6
BASELINE = {
    "better": N_("{network} is at **{gap} percentage points** beside it: better."),
    "worse": N_("{network} is at **{gap} percentage points** beside it: worse."),
    "no difference shown": N_("{network} is at **{gap} percentage points** beside it: no difference is shown."),
    None: N_("{network} is at **{gap} percentage points** beside it."),
}
BEFORE = {
    "faster": N_("It is faster (p50 {now}, {then} before)."),
    "slower": N_("It is **slower** (p50 {now}, {then} before)."),
    "no faster": N_("It is **no faster** (p50 {now}, {then} before: within {percent} %)."),
}
AS_FLOATS = {
    "faster": N_("Its p50 is {now}, {then} as floats: faster."),
    "slower": N_("Its p50 is {now}, {then} as floats: **slower**."),
    "no faster": N_("Its p50 is {now}, {then} as floats: no faster."),
}
OF_TEACHER = {
    "slower": N_("{network}: p50 {now}, {then} as floats: **slower**."),
    "no faster": N_("{network}: p50 {now}, {then} as floats: no faster."),
}


def reached(found: Accuracy, *, strong: bool = False) -> str:
    """``82.8 % ± 2.4``, or that there is nothing to vary."""
    accuracy = f"**{share(found.value)}**" if strong else share(found.value)
    return _("{accuracy} (the same for every seed)", accuracy=accuracy) if found.alike else accuracy


def _name(found: Named) -> str:
    name = words.plain(found.name)
    return f"**{name}** ({found.settings})" if found.settings else f"**{name}**"


@say.register
def end(fact: End) -> str:
    lines = [_against_teacher(fact)]
    if fact.size_bytes:
        lines.append(_size(fact.size_bytes))
    if fact.p50_ms:
        lines.append(_latency(fact.p50_ms))
    if fact.on_file:
        lines.append(_("Its score was measured on the file itself."))
    if fact.apart:
        lines.append(say(fact.apart))
    return " ".join(lines)


def _against_teacher(fact: End) -> str:
    network, teacher = _name(fact.network), words.percent(fact.teacher)
    if fact.gap is None:
        return _("{network} is where the teacher is, at {teacher}.", network=network, teacher=teacher)
    points = fact.gap.points
    size = words.points(abs(points.mean), points.half_width, digits=fact.gap.digits).lstrip("+")
    # A mean of zero with its interval has no direction.
    if not rounded(points.mean, 1):
        text = N_("{network} is at **{points} percentage points** against the teacher's {teacher}.")
    elif points.mean < 0:
        text = N_("{network} loses **{points} percentage points** against the teacher's {teacher}.")
    else:
        text = N_("{network} gains **{points} percentage points** against the teacher's {teacher}.")
    return _(text, network=network, points=size, teacher=teacher)


def _size(pair: Pair) -> str:
    times, own, other = _times(pair), words.size(pair.own), words.size(pair.other)
    if pair.own < pair.other:
        return _("It has **{times} times fewer bytes** ({own} instead of {other}).", times=times, own=own, other=other)
    return _("It has {times} times more bytes ({own} instead of {other}).", times=times, own=own, other=other)


def _latency(pair: Pair) -> str:
    times, own, other = _times(pair), words.milliseconds(pair.own), words.milliseconds(pair.other)
    if pair.own < pair.other:
        return _("Its p50 is **{times} times lower** ({own} instead of {other}).", times=times, own=own, other=other)
    return _("Its p50 is {times} times higher ({own} instead of {other}).", times=times, own=own, other=other)


def _times(pair: Pair) -> str:
    return words.times(max(pair.own, pair.other) / min(pair.own, pair.other))


@say.register
def latency_apart(fact: LatencyApart) -> str:
    told = _(
        "Its p50 ({own}) and that of {network} ({other}) are not compared.",
        own=latency(fact.own),
        network=words.plain(fact.beside),
        other=latency(fact.other),
    )
    return f"{told} {apart(fact.why)}"


@say.register
def baseline(fact: Baseline) -> str:
    lines = [
        _("The baseline {network} reaches {accuracy}.", network=words.plain(fact.name), accuracy=reached(fact.accuracy))
    ]
    name = _name(fact.network)
    if fact.gap:
        lines.append(_(BASELINE[fact.verdict], network=name, gap=gap(fact.gap)))
    elif fact.verdict:
        lines.append(_("Between it and {network} no difference is shown.", network=name))
    else:
        lines.append(_("Between it and {network} there is no difference.", network=name))
    if fact.one_seed:
        lines.append(_("One seed speaks of these two networks only."))
    return " ".join(lines)


@say.register
def sliced(fact: Sliced) -> str:
    network = _name(fact.network)
    if fact.accuracy is None or fact.whole is None:
        return _("{network}: this slice cuts nothing, it is the whole network.", network=network)
    text = N_("Before any training {network} has {accuracy} of the {whole} it was cut from.")
    if fact.guess:
        text = N_(
            "Before any training {network} has {accuracy} of the {whole} it was cut from, which is hardly more than "
            "guessing."
        )
    return _(text, network=network, accuracy=reached(fact.accuracy), whole=reached(fact.whole))


@say.register
def sparse(fact: Sparse) -> str:
    zeros = words.percent(fact.zeros, digits=0)
    lines = [_("{network}: {share} of its weights are 0.", network=_name(fact.network), share=zeros)]
    return " ".join([*lines, *_zip(fact.zipped), *_speed(fact.speed)])


@say.register
def trained_sparse(fact: TrainedSparse) -> str:
    network, accuracy = _name(fact.network), reached(fact.accuracy)
    lines = [_("{network} trained on with its zeros and reaches {accuracy}.", network=network, accuracy=accuracy)]
    if fact.zipped:
        zipped, whole = words.size(fact.zipped.own), words.size(fact.zipped.other)
        lines.append(_("The zip of its file has {zipped}, unzipped it has {whole}.", zipped=zipped, whole=whole))
    return " ".join([*lines, *_speed(fact.speed)])


def _zip(pair: Pair | None) -> list[str]:
    if pair is None:
        return []
    own, other = words.size(pair.own), words.size(pair.other)
    return [_("The zip of its file has {own} instead of {other}.", own=own, other=other)]


def _speed(found: Speed | None) -> list[str]:
    if found is None:
        return []
    percent = max(1, math.ceil(100 * abs(found.now_ms / found.then_ms - 1) - ROUND_OFF))
    return [_(BEFORE[found.direction], percent=words.number(percent), **_medians(found))]


def _medians(found: Speed) -> dict[str, str]:
    return {"now": words.milliseconds(found.now_ms), "then": words.milliseconds(found.then_ms)}


@say.register
def rounded_weights(fact: Rounded) -> str:
    network, metric = _name(fact.network), words.metric(fact.metric)
    if fact.gap:
        moved = _(
            "{network}: {metric} moves by {gap} percentage points.", network=network, metric=metric, gap=gap(fact.gap)
        )
    else:
        moved = _("{network}: {metric} is where it was.", network=network, metric=metric)
    lines = [moved]
    if fact.largest_error is not None:
        lines.append(_("No weight moves by more than {error}.", error=words.short(fact.largest_error, 2)))
    return " ".join([*lines, *_zip(fact.zipped)])


@say.register
def smaller_numbers(fact: SmallerNumbers) -> str:
    network = _name(fact.network)
    if fact.of_teacher:
        return _(OF_TEACHER[fact.speed.direction], network=network, **_medians(fact.speed)) if fact.speed else ""
    if fact.gap:
        beside = _("{network} is at {gap} percentage points beside its float file.", network=network, gap=gap(fact.gap))
    else:
        beside = _(
            "Between {network} and its float file there is no difference in {metric}.",
            network=network,
            metric=words.metric(fact.metric),
        )
    lines = [beside]
    if fact.bytes_share:
        lines.append(_("It has {share} of the bytes.", share=words.percent(fact.bytes_share, digits=0)))
    if fact.speed:
        lines.append(_(AS_FLOATS[fact.speed.direction], **_medians(fact.speed)))
    return " ".join(lines)
