"""What was measured on a device, in sentences."""

from ui.findings import taken
from ui.findings.benchmark import (
    BesideTeacher,
    Fastest,
    Instead,
    Meanwhile,
    NotHere,
    OnlyServer,
    OnServer,
    Pace,
    Partly,
    Wrong,
)
from ui.findings.facts import WhyApart
from ui.findings.sentences.base import latency, names, others, say
from ui.text import words
from ui.text.language import N_, _, ngettext, ngettext_by_kind

__all__: list[str] = []

SAME, FAST, LONG, APART = "same", "fast", "long", "apart"
PACE = {
    SAME: N_("{network} is as fast."),
    FAST: N_("{network} is **{times} times as fast**."),
    LONG: N_("{network} takes **{times} times as long**."),
    APART: N_("{network} takes {own}."),
}
THREADS = {
    SAME: N_("On {threads} threads instead of one {network} is as fast ({own}, not {other})."),
    FAST: N_("On {threads} threads instead of one {network} is **{times} times as fast** ({own}, not {other})."),
    LONG: N_("On {threads} threads instead of one {network} takes **{times} times as long** ({own}, not {other})."),
    APART: N_("On {threads} threads instead of one {network} takes {own}, not {other}."),
}
WEBGPU = {
    SAME: N_("With WebGPU, not WebAssembly, {network} is as fast ({own}, not {other})."),
    FAST: N_("With WebGPU, not WebAssembly, {network} is **{times} times as fast** ({own}, not {other})."),
    LONG: N_("With WebGPU, not WebAssembly, {network} takes **{times} times as long** ({own}, not {other})."),
    APART: N_("With WebGPU, not WebAssembly, {network} takes {own}, not {other}."),
}
DEVICE = {
    SAME: N_("This device is as fast."),
    FAST: N_("This device is **{times} times as fast**."),
    LONG: N_("This device takes **{times} times as long**."),
}


@say.register
def fastest(fact: Fastest) -> str:
    places = {"network": words.plain(fact.network), "time": latency(fact.latency), "way": fact.way}
    if fact.alone:
        told = ngettext_by_kind(
            fact.kind,
            "On this device {network} takes **{time}** for one {example} (p50), with {way}.",
            "On this device {network} takes **{time}** for {count} {examples} at once (p50), with {way}.",
            fact.batch_size,
            **places,
        )
    else:
        told = ngettext_by_kind(
            fact.kind,
            "On this device {network} is fastest: **{time}** for one {example} (p50), with {way}.",
            "On this device {network} is fastest: **{time}** for {count} {examples} at once (p50), with {way}.",
            fact.batch_size,
            **places,
        )
    most = ngettext(
        "19 of 20 runs take at most {p95}.",
        "In 19 of 20 rows of {count} runs a run takes at most {p95}.",
        fact.runs_per_sample,
        p95=words.milliseconds(fact.p95_ms),
    )
    return f"{told} {most}"


@say.register
def beside_teacher(fact: BesideTeacher) -> str:
    lines = [_("The teacher takes {time}.", time=latency(fact.teacher))]
    lines += [_(PACE[_kind(pace)], **_places(pace)) for pace in fact.paces]
    if fact.more:
        lines.append(
            ngettext("{count} more network stands beside it.", "{count} more networks stand beside it.", fact.more)
        )
    return " ".join([*lines, *_why(fact.why)])


@say.register
def instead(fact: Instead) -> str:
    texts = WEBGPU if fact.threads is None else THREADS
    lines = [_(texts[_kind(pace)], threads=words.number(fact.threads or 1), **_places(pace)) for pace in fact.paces]
    if fact.more:
        lines.append(ngettext("{count} more network ran on both.", "{count} more networks ran on both.", fact.more))
    # What was measured, and no cause: that was not.
    if fact.lost and fact.threads is None:
        lines.append(_("WebGPU brings nothing here."))
    elif fact.lost:
        lines.append(_("More threads bring nothing here."))
    return " ".join([*lines, *_why(fact.why)])


@say.register
def on_server(fact: OnServer) -> str:
    pace = fact.pace
    told = _(
        "The server runs the same file of {network} in {time} ({way}).",
        network=words.plain(pace.network),
        time=latency(pace.other),
        way=fact.way,
    )
    if pace.times is not None:
        beside = _(DEVICE[_kind(pace)], **_places(pace))
    elif fact.why:
        beside = f"{_('How many times as fast this device is cannot be said from these two.')} {say(fact.why)}"
    else:
        beside = _("How many times as fast this device is cannot be said, since what else ran meanwhile is unknown.")
    return f"{told} {beside}"


@say.register
def only_server(fact: OnlyServer) -> str:
    places = {"network": words.plain(fact.network), "time": latency(fact.latency), "way": fact.way}
    if fact.alone:
        return ngettext_by_kind(
            fact.kind,
            "On the server {network} takes **{time}** for one {example} (p50), with {way}.",
            "On the server {network} takes **{time}** for {count} {examples} at once (p50), with {way}.",
            fact.batch_size,
            **places,
        )
    return ngettext_by_kind(
        fact.kind,
        "On the server {network} is fastest: **{time}** for one {example} (p50), with {way}.",
        "On the server {network} is fastest: **{time}** for {count} {examples} at once (p50), with {way}.",
        fact.batch_size,
        **places,
    )


@say.register
def not_here(_fact: NotHere) -> str:
    return _(
        "This browser has not timed them at this batch size and precision yet: press **{button}** above.",
        button=_(taken.RUN),
    )


@say.register
def partly(fact: Partly) -> str:
    return _(
        "WebGPU could not run all of {networks}: the CPU did the rest, so this counts for neither.",
        networks=names(fact.networks),
    )


@say.register
def wrong(fact: Wrong) -> str:
    each = [
        _("{network} with {way} (no comparable answer)", network=words.plain(one.network), way=one.way)
        if one.largest is None
        else _(
            "{network} with {way} (off by up to {difference})",
            network=words.plain(one.network),
            way=one.way,
            difference=words.short(one.largest, 2),
        )
        for one in fact.mismatches
    ]
    return _(
        "**Outputs differ from the server's, excluded:** {networks}.", networks=words.join([*each, *others(fact.more)])
    )


def _kind(pace: Pace) -> str:
    if pace.times is None:
        return APART
    return SAME if pace.times == 1 else FAST if pace.times > 1 else LONG


def _places(pace: Pace) -> dict[str, str]:
    times = pace.times or 1.0
    return {
        "network": words.plain(pace.network),
        "times": words.times(max(times, 1 / times)),
        "own": latency(pace.own),
        "other": latency(pace.other),
    }


def _why(why: WhyApart | None) -> list[str]:
    """Why some of these are not compared."""
    return [_("Where no ratio is told, the measurements are not compared."), say(why)] if why else []


@say.register
def meanwhile(fact: Meanwhile) -> str:
    if fact.task is None:
        return _(
            "This browser runs on the lab's own machine, which is training: times measured now come out too long. Wait "
            "until it is done, or pause it on the page Train."
        )
    return _(
        "This browser runs on the lab's own machine, which is busy: {task}. Times measured now come out too long. Wait "
        "until it is done.",
        task=words.plain(_(fact.task)),
    )
