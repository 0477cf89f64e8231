"""What a pipeline did to the layers of its first network, in sentences."""

from ui.findings.layers import Layers
from ui.findings.sentences.base import say
from ui.text import words
from ui.text.language import _, decimal

__all__: list[str] = []


@say.register
def layers(fact: Layers) -> str:
    first, last, before = words.plain(fact.first), words.plain(fact.last), words.count(fact.before)
    if not fact.changed:
        return _(
            "From {first} to {last} every layer keeps its shape, and all together {before} parameters.",
            first=first,
            last=last,
            before=before,
        )
    return _(
        "From {first} to {last} {count} of {layers} layers changed: all together hold {after} parameters instead of "
        "{before}, without norms.",
        first=first,
        last=last,
        before=before,
        after=words.count(fact.after),
        count=decimal(fact.changed, 0),
        layers=decimal(fact.layers, 0),
    )
