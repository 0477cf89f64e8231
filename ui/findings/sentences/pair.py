"""What two networks have against each other, in sentences."""

from ui.findings.pair import Apart, NoSharedSeed
from ui.findings.sentences.base import gap, say
from ui.text import words
from ui.text.language import _, ngettext

__all__: list[str] = []


@say.register
def apart(fact: Apart) -> str:
    places = {"first": words.plain(fact.first), "second": words.plain(fact.second), "gap": gap(fact.gap)}
    if fact.gap.points.half_width is None:
        return ngettext(
            "{first} has **{gap} percentage points** against {second} over {count} seed; an interval needs three.",
            "{first} has **{gap} percentage points** against {second} over {count} seeds; an interval needs three.",
            fact.seeds,
            **places,
        )
    return _(
        "{first} has **{gap} percentage points** against {second}: the 95 % interval is over {seeds} seeds.",
        seeds=words.number(fact.seeds),
        **places,
    )


@say.register
def no_shared_seed(fact: NoSharedSeed) -> str:
    return _(
        "{first} and {second} have no seed in common, so there is no difference seed by seed.",
        first=words.plain(fact.first),
        second=words.plain(fact.second),
    )
