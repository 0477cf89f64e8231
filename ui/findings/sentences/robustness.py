"""What trials on disturbed examples show, in sentences."""

from ui.findings.robustness import (
    Adapted,
    AgainstControlRun,
    Attacked,
    Confidence,
    ControlRunMissing,
    Left,
    MissingSeverity,
    Moves,
    NoDifference,
    OnCorrupted,
    Overtaken,
    Paired,
    SoFar,
    StillRight,
    TeacherHas,
    TooFewSeeds,
    Unmoved,
)
from ui.findings.sentences.base import gap, names, say, share
from ui.text import words
from ui.text.language import N_, _, by_kind, ngettext, ngettext_by_kind

__all__: list[str] = []

MOVES = {
    "score": N_(
        "From clean {examples} to severity {severity}, on average over the corruptions, {metric} changes for {moves}."
    ),
    "ece": N_("From clean {examples} to severity {severity} the calibration error changes for {moves}."),
}
ON_CORRUPTED = {
    "better": N_(
        "Over all severities **{student}** has **{gap} percentage points** against its control on corrupted "
        "{examples} (better than its control)."
    ),
    "worse": N_(
        "Over all severities **{student}** has **{gap} percentage points** against its control on corrupted "
        "{examples} (worse than its control)."
    ),
}
ON_CLEAN = {
    "better": N_("On clean {examples} it has {gap} (better than its control)."),
    "worse": N_("On clean {examples} it has {gap} (worse than its control)."),
}
ATTACKED = {
    "image": N_("**{attack}** at eps {eps}/255 leaves {networks}."),
    "scene": N_("**{attack}** at eps {eps}/255 leaves {networks}."),
    "sound": N_("**{attack}** at an eps of {eps} standard deviations leaves {networks}."),
}
LEFT = {
    "better": N_("{network} {accuracy} ({gap} percentage points: better than its control)"),
    "worse": N_("{network} {accuracy} ({gap} percentage points: worse than its control)"),
    None: N_("{network} {accuracy}"),
}
CONFIDENCE = {
    "less": N_(
        "There the error of **{student}** is {gap} percentage points against that of its control: its confidence is "
        "less honest."
    ),
    "more": N_(
        "There the error of **{student}** is {gap} percentage points against that of its control: its confidence is "
        "more honest."
    ),
}
ON_CLEAN_EXAMPLES = {
    "better": N_(
        "On **clean {examples}** {student} had {before} and has **{after}** after adapting ({gap} percentage points: "
        "better)."
    ),
    "worse": N_(
        "On **clean {examples}** {student} had {before} and has **{after}** after adapting ({gap} percentage points: "
        "worse)."
    ),
    "no difference shown": N_(
        "On **clean {examples}** {student} had {before} and has **{after}** after adapting ({gap} percentage points: "
        "no difference shown)."
    ),
    None: N_(
        "On **clean {examples}** {student} had {before} and has **{after}** after adapting ({gap} percentage points)."
    ),
}
IN_A_SCENE = {
    "better": N_(
        "On **{place}** {student} had {before} and has **{after}** after adapting ({gap} percentage points: better)."
    ),
    "worse": N_(
        "On **{place}** {student} had {before} and has **{after}** after adapting ({gap} percentage points: worse)."
    ),
    "no difference shown": N_(
        "On **{place}** {student} had {before} and has **{after}** after adapting ({gap} percentage points: no "
        "difference shown)."
    ),
    None: N_("On **{place}** {student} had {before} and has **{after}** after adapting ({gap} percentage points)."),
}
CONTROL_RUN = {
    "better": N_(
        "Its control run, which trained equally long on clean {examples}, has {accuracy} there: that the {examples} "
        "were corrupted makes {gap} percentage points: better."
    ),
    "worse": N_(
        "Its control run, which trained equally long on clean {examples}, has {accuracy} there: that the {examples} "
        "were corrupted makes {gap} percentage points: worse."
    ),
    "no difference shown": N_(
        "Its control run, which trained equally long on clean {examples}, has {accuracy} there: that the {examples} "
        "were corrupted makes {gap} percentage points: no difference shown."
    ),
    None: N_(
        "Its control run, which trained equally long on clean {examples}, has {accuracy} there: that the {examples} "
        "were corrupted makes {gap} percentage points."
    ),
}


@say.register
def so_far(fact: SoFar) -> str:
    return ngettext(
        "{tested} of {count} condition is tested so far; sentences and verdicts need all of them.",
        "{tested} of {count} conditions are tested so far; sentences and verdicts need all of them.",
        fact.conditions,
        tested=words.number(fact.tested),
    )


@say.register
def moves(fact: Moves) -> str:
    each = [
        _(
            "{network} from {before} to **{after}**",
            network=words.plain(move.name),
            before=share(move.before),
            after=share(move.after),
        )
        for move in fact.moves
    ]
    return by_kind(
        fact.kind,
        MOVES[fact.measure],
        severity=words.number(fact.severity),
        moves=words.join(each),
        metric=words.metric(fact.metric),
    )


@say.register
def overtaken(fact: Overtaken) -> str:
    return by_kind(
        fact.kind,
        "The teacher is ahead of {networks} on clean {examples} and **behind at severity {severity}**: here the "
        "network that is better on clean {examples} is not the more robust one.",
        networks=names(fact.names),
        severity=words.number(fact.severity),
    )


@say.register
def on_corrupted(fact: OnCorrupted) -> str:
    lines = [
        by_kind(fact.kind, ON_CORRUPTED[str(fact.gap.verdict)], student=words.plain(fact.student), gap=gap(fact.gap))
    ]
    if fact.clean:
        lines.append(by_kind(fact.kind, ON_CLEAN[str(fact.clean.verdict)], gap=gap(fact.clean)))
    if fact.left is not None:
        lines.append(_("{percent} % of its gain is left on corrupted ones.", percent=words.number(fact.left)))
    return " ".join(lines)


@say.register
def no_difference(fact: NoDifference) -> str:
    return by_kind(fact.kind, "No difference between a student and its control is shown on corrupted {examples}.")


@say.register
def too_few_seeds(fact: TooFewSeeds) -> str:
    if fact.seeds < 2:
        return _("One seed shows no verdict; three are needed.")
    return _("Two seeds show no verdict; three are needed.")


@say.register
def attacked(fact: Attacked) -> str:
    return _(
        ATTACKED[fact.kind.name],
        attack=fact.attack,
        eps=words.short(fact.eps),
        networks=words.join([_left(left) for left in fact.left]),
    )


def _left(left: Left) -> str:
    if left.is_teacher:
        return _("the teacher {accuracy}", accuracy=share(left.accuracy))
    places = {"network": words.plain(left.name), "accuracy": share(left.accuracy)}
    return _(LEFT[left.gap.verdict], gap=gap(left.gap), **places) if left.gap else _(LEFT[None], **places)


@say.register
def unmoved(fact: Unmoved) -> str:
    return ngettext_by_kind(
        fact.kind,
        "**{attack}** found no direction for {count} {example} of {images} of **{network}**: the gradient is exactly "
        "zero there. What it answers right of them shows no robustness.",
        "**{attack}** found no direction for {count} {examples} of {images} of **{network}**: the gradient is exactly "
        "zero there. What it answers right of them shows no robustness.",
        fact.unmoved,
        attack=fact.attack,
        images=words.number(fact.images, grouped=True),
        network=words.plain(fact.network),
    )


@say.register
def missing_severity(fact: MissingSeverity) -> str:
    return _("Sentences need all corruptions at the highest severity.")


@say.register
def confidence(fact: Confidence) -> str:
    kind = "less" if fact.gap.points.mean > 0 else "more"
    return _(CONFIDENCE[kind], student=words.plain(fact.student), gap=gap(fact.gap))


@say.register
def paired(fact: Paired) -> str:
    """A part of a grey line, without a full stop."""
    if fact.enough:
        return _("verdicts are paired t-tests over seeds with Holm's correction for all that is asked at once")
    return _("A verdict needs three seeds; differences of fewer speak of these networks only")


@say.register
def adapted(fact: Adapted) -> str:
    texts = ON_CLEAN_EXAMPLES if fact.place is None else IN_A_SCENE
    return by_kind(
        fact.kind,
        texts[fact.gap.verdict],
        place=fact.place,
        student=words.plain(fact.student),
        before=share(fact.before),
        after=share(fact.after),
        gap=gap(fact.gap),
    )


@say.register
def against_control_run(fact: AgainstControlRun) -> str:
    return by_kind(fact.kind, CONTROL_RUN[fact.gap.verdict], accuracy=share(fact.accuracy), gap=gap(fact.gap))


@say.register
def control_run_missing(fact: ControlRunMissing) -> str:
    if fact.asked:
        return _("Its control run was not finished, so more training may have brought a part of it.")
    return by_kind(
        fact.kind, "No control run trained on clean {examples}, so more training may have brought a part of it."
    )


@say.register
def teacher_has(fact: TeacherHas) -> str:
    each = [
        by_kind(fact.kind, "{accuracy} on clean {examples}", accuracy=share(accuracy))
        if place is None
        else _("{accuracy} on {place}", accuracy=share(accuracy), place=place)
        for place, accuracy in fact.places
    ]
    return _("The teacher, whose answers are the only labels, has {places}.", places=words.join(each))


@say.register
def still_right(fact: StillRight) -> str:
    each = [
        _("{network} **{number}**", network=words.plain(name), number=words.number(number))
        for name, number in fact.right
    ]
    return ngettext(
        "How many of {count} corruption leave the answer right: {networks}.",
        "How many of the {count} corruptions leave the answer right: {networks}.",
        fact.corruptions,
        networks=words.join(each),
    )
