"""What a grid of T and alpha shows, in sentences."""

from ui.findings.facts import Estimate
from ui.findings.grid import (
    Best,
    Cell,
    Effect,
    Interaction,
    Near,
    NoBasis,
    NoEffect,
    NoInteraction,
    Part,
    Repeated,
    Unknown,
)
from ui.findings.sentences.base import p_value, say
from ui.text import words
from ui.text.language import N_, _, ngettext

__all__: list[str] = []

VALIDATION = "validation accuracy"
METRICS = {
    VALIDATION: N_("Best validation accuracy: **{cell}** with **{value}**."),
    "agreement with the teacher": N_("Best agreement with the teacher: **{cell}** with **{value}**."),
    "calibration error": N_("Best calibration error: **{cell}** with **{value}**."),
    "negative log-likelihood": N_("Best negative log-likelihood: **{cell}** with **{value}**."),
}
NO_EFFECT_AVERAGED = N_(
    "**No effect of {axis} shown**: averaged over {other}, the largest difference is {spread} ({p}, F test with Holm's "
    "correction)."
)
NO_EFFECT_AT = N_(
    "**No effect of {axis} shown**: at {other} {at}, the largest difference is {spread} ({p}, F test with Holm's "
    "correction)."
)
EFFECT_AVERAGED = N_(
    "**{axis} matters**: averaged over {other}, {axis} {best} has the best mean ({best_mean}) and {axis} {worst} the "
    "worst ({worst_mean}; {p}, F test with Holm's correction)."
)
EFFECT_AT = N_(
    "**{axis} matters**: at {other} {at}, {axis} {best} has the best mean ({best_mean}) and {axis} {worst} the worst "
    "({worst_mean}; {p}, F test with Holm's correction)."
)


def _cell(cell: Cell) -> str:
    return _("T {T}, alpha {alpha}", T=words.short(cell.temperature), alpha=words.short(cell.alpha))


def _value(found: Estimate, share: bool) -> str:
    if share:
        return words.percent(found.mean, found.half_width)
    return words.interval(found.mean, found.half_width, unit="nats", digits=3)


def _width(difference: float, share: bool) -> str:
    if share:
        return _("{points} percentage points", points=words.number(100 * difference, 1))
    return words.interval(difference, unit="nats", digits=3)


@say.register
def part(fact: Part) -> str:
    if fact.again:
        told = ngettext(
            "Trained here: {finished} of {count} run is finished.",
            "Trained here: {finished} of {count} runs are finished.",
            fact.runs,
            finished=words.number(fact.finished),
        )
    else:
        told = ngettext(
            "{finished} of {count} run is finished.",
            "{finished} of {count} runs are finished.",
            fact.runs,
            finished=words.number(fact.finished),
        )
    lines = [told]
    if fact.failed:
        message = words.sentence(fact.message)
        lines.append(
            ngettext(
                "In {count} cell a run failed: {message}",
                "In {count} cells a run failed: {message}",
                fact.failed,
                message=message,
            )
        )
    return " ".join([*lines, _("The best cell and the effects can only be told of a whole grid.")])


@say.register
def best(fact: Best) -> str:
    lines = [_best_of(fact)]
    if fact.control:
        lines.append(_("The control, labels alone, has {control}.", control=_value(fact.control, fact.share)))
    lines.append(
        ngettext(
            "Being the best of {count}, its number is a little too good.",
            "Being the best of {count}, its number is a little too good.",
            fact.cells,
        )
    )
    if fact.look:
        lines.append(_("Seen on the test set it is a look, not a choice."))
    return " ".join(lines)


def _best_of(fact: Best) -> str:
    places = {"cell": _cell(fact.cell), "value": _value(fact.cell.value, fact.share)}
    if fact.metric == VALIDATION and fact.of != "accuracy":
        return _("Best validation {metric}: **{cell}** with **{value}**.", metric=words.metric(fact.of), **places)
    return _(METRICS[fact.metric], **places)


@say.register
def no_basis(fact: NoBasis) -> str:
    return _("Fewer than three seeds do not show how much is chance: all other cells carry a ≈.")


@say.register
def near(fact: Near) -> str:
    return f"{_near(fact)} {_basis(fact)}"


def _near(fact: Near) -> str:
    margin = _width(fact.margin, fact.share)
    if not fact.near:
        return _("No other cell is within {margin} of it: all are significantly worse.", margin=margin)
    if fact.near == fact.others > 1:
        return ngettext(
            "The {count} other cell is within {margin} of it, and not significantly different: it carries a ≈.",
            "All {count} other cells are within {margin} of it, and not significantly different: they carry a ≈.",
            fact.others,
            margin=margin,
        )
    return ngettext(
        "{count} of {others} other cells is within {margin} of it, and not significantly different: it carries a ≈.",
        "{count} of {others} other cells are within {margin} of it, and not significantly different: they carry a ≈.",
        fact.near,
        others=words.number(fact.others),
        margin=margin,
    )


def _basis(fact: Near) -> str:
    if fact.tukey:
        return ngettext(
            "This is Tukey's test over {count} seed.", "This is Tukey's test over {count} seeds.", fact.seeds
        )
    return ngettext(
        "With {count} seed only the number of examples tells of chance.",
        "With {count} seeds only the number of examples tells of chance.",
        fact.seeds,
    )


@say.register
def unknown(fact: Unknown) -> str:
    return _("How much {axis} matters cannot be told from chance with fewer than three seeds.", axis=fact.axis)


@say.register
def no_effect(fact: NoEffect) -> str:
    return _(
        NO_EFFECT_AVERAGED if fact.at is None else NO_EFFECT_AT,
        axis=fact.axis,
        other=fact.other,
        at=_number(fact.at),
        spread=_width(fact.spread, fact.share),
        p=p_value(fact.p_value),
    )


@say.register
def effect(fact: Effect) -> str:
    (best, best_mean), (worst, worst_mean) = fact.best, fact.worst
    return _(
        EFFECT_AVERAGED if fact.at is None else EFFECT_AT,
        axis=fact.axis,
        other=fact.other,
        at=_number(fact.at),
        best=words.short(best),
        best_mean=_value(Estimate(mean=best_mean), fact.share),
        worst=words.short(worst),
        worst_mean=_value(Estimate(mean=worst_mean), fact.share),
        p=p_value(fact.p_value),
    )


def _number(value: float | None) -> str:
    return "" if value is None else words.short(value)


@say.register
def no_interaction(fact: NoInteraction) -> str:
    return _(
        "**Not shown that what T does depends on alpha** ({p}, F test with Holm's correction).", p=p_value(fact.p_value)
    )


@say.register
def interaction(fact: Interaction) -> str:
    (low_alpha, low), (high_alpha, high) = fact.low, fact.high
    return _(
        "**What T does depends on alpha** ({p}, F test with Holm's correction): at alpha {low_alpha} the best T, or "
        "one that is not significantly different, is {low}; at alpha {high_alpha} it is {high}.",
        p=p_value(fact.p_value),
        low_alpha=words.short(low_alpha),
        low=words.join([words.short(T) for T in low]),
        high_alpha=words.short(high_alpha),
        high=words.join([words.short(T) for T in high]),
    )


@say.register
def repeated(fact: Repeated) -> str:
    told = _(
        "Repeated here, the best cell is {here} with {value}; shipped it is {shipped} with {shipped_value}.",
        here=_cell(fact.here),
        value=_value(fact.here.value, fact.share),
        shipped=_cell(fact.shipped),
        shipped_value=_value(fact.shipped.value, fact.share),
    )
    if not fact.largest:
        return f"{told} {_('Both grids agree to the last digit.')}"
    agree = _("Both grids agree within {margin} in every cell.", margin=_width(fact.largest, fact.share))
    return f"{told} {agree}"
