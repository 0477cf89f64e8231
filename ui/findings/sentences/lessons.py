"""What the lessons show, in sentences."""

from ui.findings.facts import Estimate
from ui.findings.lessons import (
    Against,
    Corrected,
    Correction,
    LabelGain,
    NoWidthGap,
    Teachers,
    UnseenControl,
    UnseenStudent,
    WidthGaps,
)
from ui.findings.sentences.base import gap, say, share
from ui.text import words
from ui.text.language import N_, _, ngettext

__all__: list[str] = []

GAIN = {
    "better": N_("**{kind}** with {labels}: **{gap} percentage points** (better than its control)."),
    "worse": N_("**{kind}** with {labels}: **{gap} percentage points** (worse than its control)."),
    "no difference shown": N_(
        "**{kind}** with {labels}: **{gap} percentage points** (no difference from its control shown)."
    ),
    "too few seeds": N_(
        "**{kind}** with {labels}: **{gap} percentage points** (too few seeds for a verdict: three are needed)."
    ),
    None: N_("**{kind}** with {labels}: **{gap} percentage points** against its control."),
}
AGAINST = {
    "better": N_("{network} {gap} percentage points (better)"),
    "worse": N_("{network} {gap} percentage points (worse)"),
    "no difference shown": N_("{network} {gap} percentage points (no difference shown)"),
    "too few seeds": N_("{network} {gap} percentage points (too few seeds)"),
    None: N_("{network} {gap} percentage points"),
}


@say.register
def label_gain(fact: LabelGain) -> str:
    labels = words.labels(fact.labels)
    told = _(GAIN[fact.gap.verdict], kind=fact.kind, labels=labels, gap=gap(fact.gap))
    return f"{told} {_('No other number of labels gives more.')}" if fact.largest else told


@say.register
def corrected(fact: Corrected) -> str:
    if fact.chart:
        return ngettext(
            "Verdicts are paired tests over seeds with Holm's correction for the {count} comparison of this chart, so "
            "an interval that leaves 0 out is not enough.",
            "Verdicts are paired tests over seeds with Holm's correction for all {count} comparisons of this chart, so "
            "an interval that leaves 0 out is not enough.",
            fact.comparisons,
        )
    return ngettext(
        "Verdicts are paired tests over seeds with Holm's correction: for the {count} comparison with the control, and "
        "for those with another student among themselves.",
        "Verdicts are paired tests over seeds with Holm's correction: for the {count} comparisons with the control, "
        "and for those with another student among themselves.",
        fact.comparisons,
    )


@say.register
def teachers(fact: Teachers) -> str:
    return _(
        "The small teacher (ResNet-8, {weak} on these test images) was also trained less on purpose, so size and "
        "strength cannot be told apart here; the large one (ResNet-20) has {strong}.",
        weak=words.percent(fact.weak),
        strong=words.percent(fact.strong),
    )


@say.register
def width_gaps(fact: WidthGaps) -> str:
    each = [
        _("{gap} percentage points at width {width}", gap=gap(found), width=words.short(width))
        for width, found in fact.gaps
    ]
    return _("A student of the strong teacher has, against one of the weak teacher, {gaps}.", gaps=words.join(each))


@say.register
def no_width_gap(fact: NoWidthGap) -> str:
    return _(
        "No difference between the two teachers is shown at any width; the largest is {gap} percentage points.",
        gap=gap(fact.largest),
    )


@say.register
def against(fact: Against) -> str:
    each = [_(AGAINST[found.verdict], network=words.plain(name), gap=gap(found)) for name, found in fact.gaps]
    return _("Against {reference}: {networks}.", reference=words.plain(fact.reference), networks=words.join(each))


@say.register
def unseen_student(fact: UnseenStudent) -> str:
    return _(
        "**{student}** has the best accuracy over all validation images after the correction, so it is the one to "
        "report: it finds **{after}** of the test images of {missing}, a class of which its training had no image; "
        "{precision} of the images that it calls so really are. Before the correction it found {before}.",
        student=words.plain(fact.student),
        missing=words.plain(fact.missing),
        after=_share(fact.after),
        precision=_share(fact.precision),
        before=_share(fact.before),
    )


@say.register
def unseen_control(fact: UnseenControl) -> str:
    return _(
        "The control, labels alone, corrected in the same way, finds {after} with a precision of {precision}; before, "
        "{before}. It sees the labelled images alone, while the others hear the teacher on unlabelled ones too; only "
        '"same images" sees just what its control sees.',
        after=_share(fact.after),
        precision=_share(fact.precision),
        before=_share(fact.before),
    )


@say.register
def correction(fact: Correction) -> str:
    return _(
        "The correction adds one number for each seed ({bias} on average) to the logit of this class, chosen by the "
        "accuracy over all validation images. These do show the class; the images that set the student's weights never "
        "do. (Hinton, Vinyals and Dean 2015, section 3.)",
        bias=words.interval(fact.bias.mean, fact.bias.half_width),
    )


def _share(found: Estimate | None) -> str:
    return words.NOTHING if found is None else share(found)
