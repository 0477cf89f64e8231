"""What a finished comparison shows, in sentences."""

from ui.findings.comparison import Cost, LabelsAlone, LatenciesApart, OneSeed, Pair, Student, Teacher
from ui.findings.sentences.base import apart, gap, latency, p_value, say, share
from ui.text import words
from ui.text.language import N_, _, by_kind, ngettext, ngettext_by_kind

__all__: list[str] = []

STUDENT = {
    "better": N_("{student} reaches **{accuracy}** (**{gap} percentage points**: better than its control)."),
    "worse": N_("{student} reaches **{accuracy}** (**{gap} percentage points**: worse than its control)."),
    "no difference shown": N_(
        "{student} reaches **{accuracy}** (**{gap} percentage points**: no difference from its control shown)."
    ),
    "too few seeds": N_(
        "{student} reaches **{accuracy}** (**{gap} percentage points**: too few seeds for a verdict: three are needed)."
    ),
    None: N_("{student} reaches **{accuracy}** (**{gap} percentage points**)."),
}
# By whether size and latency differ, are alike, or are not known.
DIFFERS, ALIKE, UNKNOWN = "differs", "alike", "unknown"
COST = {
    (DIFFERS, DIFFERS): N_(
        "{student} needs {size} instead of {size_of_teacher} and {time} instead of {time_of_teacher} for one {example}."
    ),
    (DIFFERS, ALIKE): N_(
        "{student} needs {size} instead of {size_of_teacher} and takes as long ({time} for one {example})."
    ),
    (ALIKE, DIFFERS): N_(
        "{student} needs {time} instead of {time_of_teacher} for one {example} and is as large ({size})."
    ),
    (ALIKE, ALIKE): N_("{student} is as large ({size}) and takes as long ({time} for one {example})."),
    (DIFFERS, UNKNOWN): N_("{student} needs {size} instead of {size_of_teacher}."),
    (ALIKE, UNKNOWN): N_("{student} is as large ({size})."),
    (UNKNOWN, DIFFERS): N_("{student} needs {time} instead of {time_of_teacher} for one {example}."),
    (UNKNOWN, ALIKE): N_("{student} takes as long ({time} for one {example})."),
}


@say.register
def labels_alone(fact: LabelsAlone) -> str:
    if fact.labels is None:
        return by_kind(
            fact.kind,
            "Trained on all labels alone, without a teacher, the student reaches **{accuracy}** on test {examples}.",
            accuracy=share(fact.accuracy),
        )
    return ngettext_by_kind(
        fact.kind,
        "Trained on {count} label alone, without a teacher, the student reaches **{accuracy}** on test {examples}.",
        "Trained on {count} labels alone, without a teacher, the student reaches **{accuracy}** on test {examples}.",
        fact.labels,
        accuracy=share(fact.accuracy),
    )


@say.register
def student(fact: Student) -> str:
    name, accuracy = words.plain(fact.name), share(fact.accuracy)
    if fact.gap is None:
        return _("{student} reaches **{accuracy}**.", student=name, accuracy=accuracy)
    return _(STUDENT[fact.gap.verdict], student=name, accuracy=accuracy, gap=gap(fact.gap))


@say.register
def one_seed(fact: OneSeed) -> str:
    p_values = words.join([p_value(value) for value in fact.p_values])
    if fact.compared < 2:
        return _(
            "One seed speaks of these networks only (McNemar's test against the control: {p_values}).",
            p_values=p_values,
        )
    return ngettext(
        "One seed speaks of these networks only (McNemar's test against the control, Holm's correction for {count} "
        "comparison: {p_values}).",
        "One seed speaks of these networks only (McNemar's test against the control, Holm's correction for {count} "
        "comparisons: {p_values}).",
        fact.compared,
        p_values=p_values,
    )


@say.register
def teacher(fact: Teacher) -> str:
    if fact.labels is None:
        return _("The teacher, which saw all labels, reaches **{accuracy}**.", accuracy=share(fact.accuracy))
    return ngettext(
        "The teacher, which saw {count} label, reaches **{accuracy}**.",
        "The teacher, which saw {count} labels, reaches **{accuracy}**.",
        fact.labels,
        accuracy=share(fact.accuracy),
    )


@say.register
def cost(fact: Cost) -> str:
    size, time = fact.size_bytes, fact.p50_ms
    places = {"student": words.plain(fact.student)}
    if size:
        places |= {"size": words.size(size.own), "size_of_teacher": words.size(size.other)}
    if time:
        places |= {"time": words.milliseconds(time.own), "time_of_teacher": words.milliseconds(time.other)}
    return by_kind(fact.kind, COST[_known(size), _known(time)], **places)


def _known(pair: Pair | None) -> str:
    return UNKNOWN if pair is None else ALIKE if pair.alike else DIFFERS


@say.register
def latencies_apart(fact: LatenciesApart) -> str:
    told = _(
        "Its latency ({own}) and the teacher's ({other}) are not compared.",
        own=latency(fact.student),
        other=latency(fact.teacher),
    )
    return f"{told} {apart(fact.why)}"
