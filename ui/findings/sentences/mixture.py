"""What the parts of the loss weigh, in sentences."""

from ui.findings.mixture import Equal, Weight
from ui.findings.sentences.base import say
from ui.text import small, words
from ui.text.language import _, by_kind, ngettext_by_kind

__all__: list[str] = []


@say.register
def weight(fact: Weight) -> str:
    if fact.share is None:
        if fact.images is None:
            return by_kind(fact.kind, "This {example}: there is nothing to learn here, the loss is 0.")
        return ngettext_by_kind(
            fact.kind,
            "The mean over {count} test {example}: there is nothing to learn here, the loss is 0.",
            "The mean over {count} test {examples}: there is nothing to learn here, the loss is 0.",
            fact.images,
        )
    places = {"share": small.share(fact.share), "alpha": words.short(fact.alpha)}
    if fact.images is None:
        return by_kind(
            fact.kind, "This {example}: the teacher's part is **{share}** of the loss at alpha = {alpha}.", **places
        )
    return ngettext_by_kind(
        fact.kind,
        "The mean over {count} test {example}: the teacher's part is **{share}** of the loss at alpha = {alpha}.",
        "The mean over {count} test {examples}: the teacher's part is **{share}** of the loss at alpha = {alpha}.",
        fact.images,
        **places,
    )


@say.register
def equal(fact: Equal) -> str:
    if 0 < fact.alpha < 0.005:
        return _(
            "Both parts weigh the same at **alpha under {least}**: a point that moves with T.",
            least=words.number(0.01, 2),
        )
    if 0.995 <= fact.alpha < 1:
        return _(
            "Both parts weigh the same at **alpha over {most}**: a point that moves with T.", most=words.number(0.99, 2)
        )
    return _(
        "Both parts weigh the same at **alpha = {alpha}**: a point that moves with T.",
        alpha=words.number(fact.alpha, 2),
    )
