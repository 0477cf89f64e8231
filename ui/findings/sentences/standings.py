"""How a comparison of methods ended, in sentences."""

from ui.findings.sentences.base import gap, say
from ui.findings.standings import CONTROL, KD, Group, Judged, NoneBetter
from ui.text import words
from ui.text.language import N_, _, ngettext

__all__: list[str] = []

GROUPS = {
    (CONTROL, "better"): N_("**Better than the control**: {methods}."),
    (CONTROL, "worse"): N_("**Worse than the control**: {methods}."),
    (CONTROL, "no difference shown"): N_("No difference from the control is shown: {methods}."),
    (CONTROL, "too few seeds"): N_("Two seeds allow no verdict against the control, three are needed: {methods}."),
    (KD, "better"): N_("**Better than plain KD**: {methods}."),
    (KD, "worse"): N_("**Worse than plain KD**: {methods}."),
    (KD, "no difference shown"): N_("No difference from plain KD is shown: {methods}."),
    (KD, "too few seeds"): N_("Two seeds allow no verdict against plain KD, three are needed: {methods}."),
}
NONE = {
    CONTROL: N_("No method is significantly better than the control."),
    KD: N_("No method is significantly better than plain KD."),
}


@say.register
def group(fact: Group) -> str:
    each = [_("{network} ({gap} pp)", network=words.plain(name), gap=gap(found)) for name, found in fact.gaps]
    return _(GROUPS[fact.other, fact.verdict], methods=words.join(each))


@say.register
def none_better(fact: NoneBetter) -> str:
    return _(NONE[fact.other])


@say.register
def judged(fact: Judged) -> str:
    if fact.one_seed:
        how = _(
            "One seed speaks of these networks only: McNemar's exact test on the test set, with Holm's correction. "
            "Another seed may turn the order round."
        )
    else:
        how = _(
            "Verdicts are paired t-tests over seeds, with Holm's correction, so an interval without 0 is not enough."
        )
    control = ngettext(
        "The correction is for {count} comparison with the control.",
        "The correction is for {count} comparisons with the control.",
        fact.with_control,
    )
    kd = ngettext(
        "With plain KD it is for {count} comparison.", "With plain KD it is for {count} comparisons.", fact.with_kd
    )
    return f"{how} {control} {kd}"
