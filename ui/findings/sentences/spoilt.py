"""What missing and wrong facts do, in sentences."""

from ui.findings.sentences.base import gap, say, share
from ui.findings.spoilt import Kept, Lost, Whole
from ui.text import words
from ui.text.language import N_, _

__all__: list[str] = []

LOST = {
    "missing": N_("With {share} % of the facts missing the control has **{score}**, instead of {against} with all."),
    "wrong": N_("With {share} % of the facts wrong the control has **{score}**, instead of {against} with true ones."),
}
KEPT = {
    "better": N_("**{student}** has **{score}** there: {gap} percentage points (better)."),
    "worse": N_("**{student}** has **{score}** there: {gap} percentage points (worse)."),
    "no difference shown": N_("**{student}** has **{score}** there: {gap} percentage points (no difference shown)."),
    "too few seeds": N_("**{student}** has **{score}** there: {gap} percentage points (too few seeds for a verdict)."),
    None: N_("**{student}** has **{score}** there: {gap} percentage points."),
}


WHOLE = {
    "better": N_("Where no fact is missing **{student}** gains {gap} percentage points (better)."),
    "worse": N_("Where no fact is missing **{student}** gains {gap} percentage points (worse)."),
    "no difference shown": N_(
        "Where no fact is missing **{student}** gains {gap} percentage points (no difference shown)."
    ),
    "too few seeds": N_(
        "Where no fact is missing **{student}** gains {gap} percentage points (too few seeds for a verdict)."
    ),
    None: N_("Where no fact is missing **{student}** gains {gap} percentage points."),
}


@say.register
def lost(fact: Lost) -> str:
    against = words.percent(fact.against)
    return _(LOST[fact.spoilt], share=words.number(fact.of_100), score=share(fact.score), against=against)


@say.register
def kept(fact: Kept) -> str:
    return _(KEPT[fact.gap.verdict], student=words.plain(fact.student), score=share(fact.score), gap=gap(fact.gap))


@say.register
def whole(fact: Whole) -> str:
    return _(WHOLE[fact.gap.verdict], student=words.plain(fact.student), gap=gap(fact.gap))
