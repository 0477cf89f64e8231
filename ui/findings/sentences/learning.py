"""What pictures of learning curves show, in texts that stand beside them, and what they have no room for."""

from ui.findings.learning import AccuracyCurves, Longer, LossCurves
from ui.findings.sentences.base import names, say
from ui.text import words
from ui.text.language import _, ngettext

__all__: list[str] = []


@say.register
def accuracy_curves(fact: AccuracyCurves) -> str:
    return ngettext(
        "{title} of {networks} over {count} update; the table below has the numbers",
        "{title} of {networks} over {count} updates; the table below has the numbers",
        fact.updates,
        title=fact.title,
        networks=words.join(fact.networks),
    )


@say.register
def loss_curves(fact: LossCurves) -> str:
    part = fact.part if fact.unit is None else _("{part}, in {unit}", part=fact.part, unit=fact.unit)
    return ngettext(
        "Training loss ({part}) of {networks} over {count} update; the table below has the numbers",
        "Training loss ({part}) of {networks} over {count} updates; the table below has the numbers",
        fact.updates,
        part=part,
        networks=words.join(fact.networks),
    )


@say.register
def longer(fact: Longer) -> str:
    return ngettext(
        "{networks} trained for longer than {count} update: the table has the rest.",
        "{networks} trained for longer than {count} updates: the table has the rest.",
        fact.updates,
        networks=names(fact.networks),
    )
