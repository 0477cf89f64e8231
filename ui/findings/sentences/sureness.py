"""How honest a teacher's confidences are, in sentences."""

from distill_core.decimals import rounded
from ui.findings.sentences.base import say
from ui.findings.sureness import AtSlider, Fitted
from ui.text import words
from ui.text.language import N_, _

__all__: list[str] = []

# Confidence and accuracy that differ by less are said to be alike.
ALIKE = 0.005
HELPS = {
    "sure": N_(
        "At T = 1 the teacher is too sure; fitted on the validation set, **T = {temperature}** makes it more honest: "
        "ECE {ece} → **{fitted_ece}**, NLL {nll} → {fitted_nll} nats."
    ),
    "modest": N_(
        "At T = 1 the teacher is too modest; fitted on the validation set, **T = {temperature}** makes it more honest: "
        "ECE {ece} → **{fitted_ece}**, NLL {nll} → {fitted_nll} nats."
    ),
}
HELPS_NOT = {
    "sure": N_(
        "On the validation set the teacher looks too sure at T = 1, but the fitted **T = {temperature}** does not "
        "help on the test set: ECE {ece} → **{fitted_ece}**, NLL {nll} → {fitted_nll} nats."
    ),
    "modest": N_(
        "On the validation set the teacher looks too modest at T = 1, but the fitted **T = {temperature}** does not "
        "help on the test set: ECE {ece} → **{fitted_ece}**, NLL {nll} → {fitted_nll} nats."
    ),
}
NOT_SHOWN = {
    "lower": N_(
        "Fitted on the validation set, the temperature is **T = {temperature}**; on the test set no difference from "
        "T = 1 is shown (NLL lower by {margin} nats an example; ECE {ece} → **{fitted_ece}**)."
    ),
    "higher": N_(
        "Fitted on the validation set, the temperature is **T = {temperature}**; on the test set no difference from "
        "T = 1 is shown (NLL higher by {margin} nats an example; ECE {ece} → **{fitted_ece}**)."
    ),
}
PROMISES = {
    "more": N_(
        "At the slider's T = {temperature} the ECE is **{ece}**: on average it is {confidence} sure and {accuracy} "
        "right, so it promises more than it keeps."
    ),
    "less": N_(
        "At the slider's T = {temperature} the ECE is **{ece}**: on average it is {confidence} sure and {accuracy} "
        "right, so it promises less than it keeps."
    ),
    "alike": N_(
        "At the slider's T = {temperature} the ECE is **{ece}**: on average it is {confidence} sure and {accuracy} "
        "right, so it promises what it keeps, taken together."
    ),
}


@say.register
def fitted(fact: Fitted) -> str:
    (ece, fitted_ece), (nll, fitted_nll) = fact.ece, fact.nll_nats
    places = {"temperature": words.number(fact.temperature, 2), "ece": words.percent(ece)}
    if rounded(fact.temperature, 2) == 1:
        return _(
            "The fitted temperature is **T = {temperature}**: the confidences need no correction (ECE {ece}).", **places
        )
    places |= {"fitted_ece": words.percent(fitted_ece)}
    places |= {"nll": words.number(nll, 3), "fitted_nll": words.number(fitted_nll, 3)}
    fault = "sure" if fact.temperature > 1 else "modest"
    mean, half = fact.lower.mean, fact.lower.half_width or 0.0
    if mean - half > 0:
        return _(HELPS[fault], **places)
    if mean + half < 0:
        return _(HELPS_NOT[fault], **places)
    margin = words.interval(abs(mean), half, digits=4)
    return _(NOT_SHOWN["higher" if mean < 0 else "lower"], margin=margin, **places)


@say.register
def at_slider(fact: AtSlider) -> str:
    places = {"temperature": words.short(fact.temperature), "ece": words.percent(fact.ece)}
    if fact.confidence is None or fact.accuracy is None:
        return _(
            "At the slider's T = {temperature} the ECE is **{ece}**: this is the teacher as it was trained.", **places
        )
    apart = fact.confidence - fact.accuracy
    promised = "alike" if abs(apart) <= ALIKE else "more" if apart > 0 else "less"
    shares = {"confidence": words.percent(fact.confidence), "accuracy": words.percent(fact.accuracy)}
    return _(PROMISES[promised], **shares, **places)
