"""Where a student's gradient comes from, in sentences."""

from ui.findings.gradient import Doubled, HowToRead, Limit, Moved, Parts
from ui.findings.sentences.base import say
from ui.text import small, words
from ui.text.language import N_, _

__all__: list[str] = []

# Below it both parts are said to pull alike.
ALIKE = 1.05
PULLS = {
    "hard": N_("Only the hard part pulls: hard part {hard}, soft part {soft} long."),
    "soft": N_("Only the soft part pulls: hard part {hard}, soft part {soft} long."),
    "alike": N_("Both parts pull alike: hard part {hard}, soft part {soft} long."),
    "more hard": N_("The **hard part pulls {times} times as hard**: hard part {hard}, soft part {soft} long."),
    "more soft": N_("The **soft part pulls {times} times as hard**: hard part {hard}, soft part {soft} long."),
}


@say.register
def how_to_read(fact: HowToRead) -> str:
    return _("A bar to the left raises the logit when the student trains, one to the right lowers it.")


@say.register
def moved(fact: Moved) -> str:
    if fact.raised is None or fact.lowered is None:
        return _("Nothing pulls here: every part is 0.")
    (raised, up), (lowered, down) = fact.raised, fact.lowered
    return _(
        "Most raised is **{raised}** ({up}), most lowered **{lowered}** ({down}).",
        raised=words.plain(raised),
        up=words.points(up, digits=3),
        lowered=words.plain(lowered),
        down=words.points(down, digits=3),
    )


@say.register
def parts(fact: Parts) -> str:
    hard, soft = fact.hard, fact.soft
    if not hard or not soft:
        way, times = "soft" if soft else "hard", 1.0
    else:
        way, times = ("more soft", soft / hard) if soft >= hard else ("more hard", hard / soft)
    way = "alike" if way.startswith("more") and times < ALIKE else way
    return _(PULLS[way], times=words.times(times), hard=small.length(hard), soft=small.length(soft))


@say.register
def doubled(fact: Doubled) -> str:
    if not fact.plain or not fact.twice:
        return _("Both networks give the same answers: there is no soft gradient at any T.")
    return _(
        "At T = {temperature} the soft gradient is **{plain}** long; multiplied by T² it is **{scaled}**. Twice that "
        "temperature divides it by **{times}**; 1/T² alone would divide it by 4.",
        temperature=words.short(fact.temperature),
        plain=small.length(fact.plain),
        scaled=small.length(fact.scaled),
        times=words.number(fact.plain / fact.twice, 1),
    )


@say.register
def limit(fact: Limit) -> str:
    if not fact.distance:
        return _("Both networks give the same answers: their logits match already.")
    here = {"distance": words.percent(fact.distance), "temperature": words.short(fact.temperature)}
    if fact.last is None:
        return _(
            "As T grows, T · (pˢ − pᵗ) becomes the difference of the centred logits divided by the number of classes: "
            "**{distance} away at T = {temperature}**.",
            **here,
        )
    last, there = fact.last
    return _(
        "As T grows, T · (pˢ − pᵗ) becomes the difference of the centred logits divided by the number of classes: "
        "**{distance} away at T = {temperature}**, {there} at T = {last}.",
        there=words.percent(there),
        last=words.short(last),
        **here,
    )
