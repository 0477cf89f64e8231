"""What the parts of the loss weigh, in sentences."""

from ui.findings.mixture import Equal, Weight
from ui.findings.sentences.base import say
from ui.text import small, words
from ui.text.language import _, ngettext

__all__: list[str] = []


@say.register
def weight(fact: Weight) -> str:
    if fact.share is None:
        if fact.images is None:
            return _("This image: there is nothing to learn here, the loss is 0.")
        return ngettext(
            "The mean over {count} test image: there is nothing to learn here, the loss is 0.",
            "The mean over {count} test images: there is nothing to learn here, the loss is 0.",
            fact.images,
        )
    places = {"share": small.share(fact.share), "alpha": words.short(fact.alpha)}
    if fact.images is None:
        return _("This image: the teacher's part is **{share}** of the loss at alpha = {alpha}.", **places)
    return ngettext(
        "The mean over {count} test image: the teacher's part is **{share}** of the loss at alpha = {alpha}.",
        "The mean over {count} test images: the teacher's part is **{share}** of the loss at alpha = {alpha}.",
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
