"""What latencies need said beside them, in sentences."""

from ui.findings import taken
from ui.findings.disturbed import Again, Disturbed, NotTimed, SeveralRounds
from ui.findings.sentences.base import names, say
from ui.text.language import _, ngettext

__all__: list[str] = []


@say.register
def disturbed(fact: Disturbed) -> str:
    told = ngettext(
        "Something else used the machine while {names} was timed ({mark}): alone it is likely faster.",
        "Something else used the machine while {names} were timed ({mark}): alone they are likely faster.",
        len(fact.names) + fact.more,
        names=names(fact.names, fact.more),
        mark=taken.MARK,
    )
    return f"{told} {_again(fact.again)}"


def _again(where: Again) -> str:
    if where is Again.SERVER:
        return _("The server measures again while it is quiet.")
    if where is Again.THERE:
        return _("**{button}** on the page Benchmark of that device measures again.", button=_(taken.RUN))
    return _("Press **{button}** to measure again, best with nothing else open.", button=_(taken.RUN))


@say.register
def not_timed(fact: NotTimed) -> str:
    return ngettext(
        "The latency of {names} is a dash: this server has not timed it.",
        "The latencies of {names} are dashes: this server has not timed them.",
        len(fact.names) + fact.more,
        names=names(fact.names, fact.more),
    )


@say.register
def several_rounds(fact: SeveralRounds) -> str:
    return _("These latencies were not measured in one round: what lies close together may lie the other way round.")
