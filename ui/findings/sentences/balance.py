"""How two gradients compare, in sentences."""

from ui.findings.balance import Balance, Beyond, Shown
from ui.findings.sentences.base import say
from ui.text import words
from ui.text.language import N_, _, ngettext

__all__: list[str] = []

# Beyond these a part hardly counts beside the other.
STRONG = 10.0
SAME, AGAINST = 0.2, -0.2
SOFT = N_("**{student}**: the soft loss has {times} times the gradient of the hard loss.")
HARD = N_("**{student}**: the hard loss has {times} times the gradient of the soft loss.")
SOFT_ALONE = N_(
    "**{student}**: the soft loss has {times} times the gradient of the hard loss, which hardly counts here."
)
HARD_ALONE = N_(
    "**{student}**: the hard loss has {times} times the gradient of the soft loss, which hardly counts here."
)


@say.register
def balance(fact: Balance) -> str:
    ratio = max(fact.ratio, 1 / fact.ratio) if fact.ratio else float("inf")
    alone = ratio > STRONG
    text = (SOFT_ALONE if alone else SOFT) if fact.ratio >= 1 else (HARD_ALONE if alone else HARD)
    times = words.number(round(ratio), grouped=True) if alone and fact.ratio else words.number(ratio, 1)
    return f"{_(text, student=words.plain(fact.student), times=times)} {_direction(fact.cosine)}"


def _direction(cosine: float) -> str:
    value = words.number(cosine, 2)
    if cosine > SAME:
        return _("They point mostly in the same direction (cosine {cosine}).", cosine=value)
    if cosine < AGAINST:
        return _("They point in opposite directions (cosine {cosine}).", cosine=value)
    return _("They stand about at right angles (cosine {cosine}).", cosine=value)


@say.register
def beyond(fact: Beyond) -> str:
    return ngettext(
        "{count} point beyond these limits: the table has them.",
        "{count} points beyond these limits: the table has them.",
        fact.points,
    )


@say.register
def shown(fact: Shown) -> str:
    """A text beside a picture, without a full stop and without Markdown."""
    return _(
        "Gradients of hard and soft loss for {students}; the table below has the numbers",
        students=words.join(fact.students),
    )
