"""What T does to the teacher's answer, in sentences."""

import math

from ui.findings.sentences.base import say
from ui.findings.softening import Entropy, First, Ranking, SceneEntropy, WrongClasses
from ui.text import small, words
from ui.text.language import _

__all__: list[str] = []


@say.register
def first(fact: First) -> str:
    places = {"name": words.plain(fact.name), "label": words.plain(fact.label), "cold": words.percent(fact.cold)}
    right = fact.name == fact.label
    if fact.warm is None:
        if right:
            return _("The teacher puts **{name}** first, rightly: {cold} at T = 1.", **places)
        return _("The teacher puts **{name}** first, wrongly (it is {label}): {cold} at T = 1.", **places)
    places |= {"warm": words.percent(fact.warm), "temperature": words.short(fact.temperature)}
    if right:
        return _(
            "The teacher puts **{name}** first, rightly: {cold} at T = 1, **{warm} at T = {temperature}**.", **places
        )
    return _(
        "The teacher puts **{name}** first, wrongly (it is {label}): {cold} at T = 1, **{warm} at T = {temperature}**.",
        **places,
    )


@say.register
def entropy(fact: Entropy) -> str:
    most = {"most": words.number(math.log2(fact.classes), 2), "classes": words.number(fact.classes)}
    cold = words.number(fact.cold, 2)
    if fact.warm is None:
        return _("Its answer holds {cold} of at most {most} bits (log₂ {classes}).", cold=cold, **most)
    return _(
        "Its answer holds {cold} bits at T = 1 and **{warm} bits at T = {temperature}**, of at most {most} bits "
        "(log₂ {classes}).",
        cold=cold,
        warm=words.number(fact.warm, 2),
        temperature=words.short(fact.temperature),
        **most,
    )


@say.register
def wrong_classes(fact: WrongClasses) -> str:
    places = {"name": words.plain(fact.name), "cold": small.share(fact.cold), "alike": small.share(1 / fact.classes)}
    if fact.warm is None:
        return _(
            "Of what the wrong classes get, {name} has {cold} at T = 1: alike they would have {alike} each.", **places
        )
    return _(
        "Of what the wrong classes get, {name} has {cold} at T = 1 and **{warm} at T = {temperature}**; alike they "
        "would have {alike} each.",
        warm=small.share(fact.warm),
        temperature=words.short(fact.temperature),
        **places,
    )


@say.register
def ranking(fact: Ranking) -> str:
    names = [words.plain(name).replace(" ", "\u00a0") for name in fact.names]
    return _("The ranking, which T never changes: {names}", names=" \\> ".join(names))


@say.register
def scene_entropy(fact: SceneEntropy) -> str:
    places = {
        "pixels": words.number(fact.pixels, grouped=True),
        "most": words.number(math.log2(fact.classes), 2),
        "cold": words.number(fact.cold, 2),
    }
    if fact.warm is None:
        return _(
            "Over the {pixels} pixels of this scene the teacher's answers hold {cold} of at most {most} bits on "
            "average.",
            **places,
        )
    return _(
        "Over the {pixels} pixels of this scene the teacher's answers hold {cold} bits on average at T = 1 and "
        "**{warm} bits at T = {temperature}**, of at most {most}.",
        warm=words.number(fact.warm, 2),
        temperature=words.short(fact.temperature),
        **places,
    )
