"""What getting used to a new voice brought, in sentences."""

from ui.findings.sentences.base import gap, say, share
from ui.findings.voices import FewLabels, OverNorms, OverVoices, TeacherOfVoices, TooFewVoices, UsedTo
from ui.text import words
from ui.text.language import N_, _, ngettext

__all__: list[str] = []

OVER_VOICES = {
    "better": N_(
        "Over {count} voices the student had {before} as it was, and has **{taught}** after its teacher taught it "
        "without a label ({gap} percentage points: better)."
    ),
    "worse": N_(
        "Over {count} voices the student had {before} as it was, and has **{taught}** after its teacher taught it "
        "without a label ({gap} percentage points: worse)."
    ),
    "no difference shown": N_(
        "Over {count} voices the student had {before} as it was, and has **{taught}** after its teacher taught it "
        "without a label ({gap} percentage points: no difference shown)."
    ),
    None: N_(
        "Over {count} voices the student had {before} as it was, and has **{taught}** after its teacher taught it "
        "without a label ({gap} percentage points)."
    ),
}
OVER_NORMS = {
    "better": N_(
        "Batch norms measured anew, with nothing learnt, have {norms}: they are the control of adapting. The teacher's "
        "answers bring {gap} percentage points on top (better)."
    ),
    "worse": N_(
        "Batch norms measured anew, with nothing learnt, have {norms}: they are the control of adapting. The teacher's "
        "answers bring {gap} percentage points on top (worse)."
    ),
    "no difference shown": N_(
        "Batch norms measured anew, with nothing learnt, have {norms}: they are the control of adapting. The teacher's "
        "answers bring {gap} percentage points on top (no difference shown)."
    ),
    None: N_(
        "Batch norms measured anew, with nothing learnt, have {norms}: they are the control of adapting. The teacher's "
        "answers bring {gap} percentage points on top."
    ),
}
FEW_LABELS = {
    "better": N_(
        "{labels} true labels of the voice are the rival: **{accuracy}**, {gap} percentage points over the student as "
        "it was (better)."
    ),
    "worse": N_(
        "{labels} true labels of the voice are the rival: **{accuracy}**, {gap} percentage points over the student as "
        "it was (worse)."
    ),
    "no difference shown": N_(
        "{labels} true labels of the voice are the rival: **{accuracy}**, {gap} percentage points over the student as "
        "it was (no difference shown)."
    ),
    None: N_(
        "{labels} true labels of the voice are the rival: **{accuracy}**, {gap} percentage points over the student as "
        "it was."
    ),
}


@say.register
def used_to(fact: UsedTo) -> str:
    return _(
        "The voice of **{voice}**: {before} as it was, {norms} with batch norms measured anew, **{taught}** taught by "
        "the teacher without a label, {few} with {labels} true labels. One voice says little: how far voices lie apart "
        "is the uncertainty.",
        voice=words.plain(fact.voice),
        before=words.percent(fact.before),
        norms=words.percent(fact.norms),
        taught=words.percent(fact.taught),
        few=words.percent(fact.few),
        labels=fact.labels,
    )


@say.register
def over_voices(fact: OverVoices) -> str:
    text = OVER_VOICES[fact.gap.verdict]
    return _(text, count=fact.voices, before=share(fact.before), taught=share(fact.taught), gap=gap(fact.gap))


@say.register
def over_norms(fact: OverNorms) -> str:
    return _(OVER_NORMS[fact.gap.verdict], norms=share(fact.norms), gap=gap(fact.gap))


@say.register
def few_labels(fact: FewLabels) -> str:
    text = FEW_LABELS[fact.gap.verdict]
    return _(text, labels=fact.labels, accuracy=share(fact.accuracy), gap=gap(fact.gap))


@say.register
def teacher_of_voices(fact: TeacherOfVoices) -> str:
    return _("Their teachers, which never heard them either, have {accuracy}.", accuracy=share(fact.accuracy))


@say.register
def too_few_voices(fact: TooFewVoices) -> str:
    return ngettext(
        "An interval and a verdict take three voices; here is {count}.",
        "An interval and a verdict take three voices; here are {count}.",
        fact.voices,
    )
