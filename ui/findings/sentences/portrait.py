"""What a method compares of two trained networks, in sentences."""

from ui.findings.portrait import (
    Alike,
    ClassesSeen,
    ClassPair,
    Edges,
    Farthest,
    FarthestMaps,
    GraphGap,
    ImageWeight,
    MapsAlike,
    MeanGap,
    NoMaps,
    OthersWeight,
    StagePairs,
)
from ui.findings.sentences.base import say
from ui.text import words
from ui.text.language import _, ngettext

__all__ = ["dimensions", "stage_name"]


@say.register
def farthest(fact: Farthest) -> str:
    return _(
        "On {image} they differ most about **{name}**: {target} **{of_target}**, student **{of_student}**.",
        image=words.plain(fact.image),
        name=words.plain(fact.name),
        target=_(fact.target),
        of_target=_value(fact.of_target, fact.share),
        of_student=_value(fact.of_student, fact.share),
    )


@say.register
def mean_gap(fact: MeanGap) -> str:
    if fact.share:
        return ngettext(
            "Over all classes of {count} example the gap is {gap} percentage points on average.",
            "Over all {count} examples and classes the gap is {gap} percentage points on average.",
            fact.images,
            gap=words.number(100 * fact.gap, 1),
        )
    return ngettext(
        "Over all classes of {count} example the gap is {gap} on average.",
        "Over all {count} examples and classes the gap is {gap} on average.",
        fact.images,
        gap=words.number(fact.gap, 2),
    )


@say.register
def image_weight(fact: ImageWeight) -> str:
    return _(
        "The {note}: **{here}** (mean {mean}).",
        note=_(fact.note),
        here=words.number(fact.here, 2),
        mean=words.number(fact.mean, 2),
    )


@say.register
def edges(fact: Edges) -> str:
    each = [
        _(
            "{first} and {other} (teacher {teacher}, student {student} {unit})",
            first=words.plain(edge.first),
            other=words.plain(edge.other),
            teacher=words.number(edge.teacher, 2),
            student=words.number(edge.student, 2),
            unit=_(fact.unit),
        )
        for edge in fact.edges
    ]
    return _("The edges that differ most: {edges}.", edges=words.join(each))


@say.register
def graph_gap(fact: GraphGap) -> str:
    return ngettext(
        "Over {count} edge the two differ by **{mean}** on average, and their distances correlate with "
        "**{correlation}** (1: the same graph).",
        "Over all {count} edges the two differ by **{mean}** on average, and their distances correlate with "
        "**{correlation}** (1: the same graph).",
        fact.edges,
        mean=words.number(fact.mean, 2),
        correlation=words.number(fact.correlation, 2),
    )


@say.register
def alike(fact: Alike) -> str:
    return _(
        "Two examples of one class are **{teacher} times** as alike as two of different classes to the teacher, "
        "**{student} times** to the student.",
        teacher=words.number(fact.teacher, 2),
        student=words.number(fact.student, 2),
    )


@say.register
def class_pair(fact: ClassPair) -> str:
    return _(
        "They differ most about {first} and {other}: {teacher} to the teacher, {student} to the student, on average.",
        first=words.plain(fact.first),
        other=words.plain(fact.other),
        teacher=words.short(fact.teacher, 3),
        student=words.short(fact.student, 3),
    )


@say.register
def stage_pairs(fact: StagePairs) -> str:
    if fact.adapters:
        between = ngettext(
            "**{count} adapter parameter** is trained with the student, for this pair alone.",
            "**{count} adapter parameters** are trained with the student, for this pair alone.",
            fact.adapters,
        )
    else:
        between = _("There are no adapter parameters.")
    if not fact.pairs:
        return f"{_('No feature maps are compared.')} {between}"
    each = [
        _(
            "the student's {own} ({own_shape}) with the teacher's {other} ({other_shape})",
            own=words.plain(stage_name(own[0])),
            own_shape=dimensions(own[1]),
            other=words.plain(stage_name(other[0])),
            other_shape=dimensions(other[1]),
        )
        for own, other in fact.pairs
    ]
    return f"{_('It compares {pairs}.', pairs=words.join(each))} {between}"


@say.register
def no_maps(fact: NoMaps) -> str:
    return _("Each of these maps is compared as a single number, and the cosine of those says nothing.")


@say.register
def maps_alike(fact: MapsAlike) -> str:
    places = {"stage": words.plain(fact.most[0]), "cosine": words.number(fact.most[1], 2)}
    if fact.least is None:
        return ngettext(
            "Over {count} test example the cosine of both maps at {stage} is **{cosine}** (1: they look alike).",
            "Over {count} test examples the cosine of both maps at {stage} is **{cosine}** (1: they look alike).",
            fact.images,
            **places,
        )
    return ngettext(
        "Over {count} test example they look alike most at {stage} (mean cosine **{cosine}**, 1 is alike) and least "
        "at {other} (**{lowest}**).",
        "Over {count} test examples they look alike most at {stage} (mean cosine **{cosine}**, 1 is alike) and least "
        "at {other} (**{lowest}**).",
        fact.images,
        other=words.plain(fact.least[0]),
        lowest=words.number(fact.least[1], 2),
        **places,
    )


@say.register
def farthest_maps(fact: FarthestMaps) -> str:
    return _(
        "The example at which they differ most there is {image} ({cosine}).",
        image=words.plain(fact.image),
        cosine=words.number(fact.cosine, 2),
    )


@say.register
def others_weight(fact: OthersWeight) -> str:
    return _(
        "The surer the teacher, the less KD hears of the others: on {image} p is {sure}, so NCKD has the weight "
        "**{left}** in KD; here it has {others} on every example, and TCKD {target}.",
        image=words.plain(fact.image),
        sure=words.percent(fact.sure),
        left=words.number(1 - fact.sure, 2),
        others=words.short(fact.others),
        target=words.short(fact.target),
    )


def stage_name(name: str | None) -> str:
    return _("embedding") if name is None else name


def dimensions(sizes: tuple[int, ...]) -> str:
    """``16 × 7 × 7``."""
    return " × ".join(map(str, sizes))


def _value(value: float, share: bool) -> str:
    return words.percent(value) if share else words.number(value, 2)


@say.register
def classes_seen(fact: ClassesSeen) -> str:
    return ngettext(
        "On {count} test scene the two see **{most}** in places most alike (cosine {high}; 1: the same places), and "
        "**{least}** least (cosine {low}).",
        "On {count} test scenes the two see **{most}** in places most alike (cosine {high}; 1: the same places), and "
        "**{least}** least (cosine {low}).",
        fact.scenes,
        most=words.plain(fact.most[0]),
        high=words.number(fact.most[1], 2),
        least=words.plain(fact.least[0]),
        low=words.number(fact.least[1], 2),
    )
