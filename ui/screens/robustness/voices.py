"""What getting used to a voice brought: bars of the ways for one voice, and over all voices with their intervals."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from distill_core.evaluation.statistics import Interval
from distill_core.lab import JobView, Lab
from distill_core.reports.voices import COMPARED, TEACHER, Way
from distill_core.spec import Student
from distill_core.tasks.sound.fsdd import SPEAKERS
from distill_core.tasks.sound.spoken_digits import new_voice, voice
from distill_core.templates.new_voice import AS_IT_WAS, FEW, FEW_LABELS, NORMS_ANEW, TAUGHT_ANEW, adaptation_of
from ui import charts
from ui.charts import Bar, legend
from ui.findings.facts import Estimate, Fact, Gap
from ui.findings.sentences import say
from ui.findings.voices import FewLabels, OverNorms, OverVoices, TeacherOfVoices, TooFewVoices, used_to
from ui.kept import kept
from ui.networks import style
from ui.networks.style import Look
from ui.text import titles, words
from ui.text.language import N_, Texts, _

__all__ = ["facts", "one", "over"]

SHOWN = Texts(
    {
        AS_IT_WAS: N_("as it was"),
        NORMS_ANEW: N_("norms anew"),
        TAUGHT_ANEW: N_("teacher, no label"),
        FEW_LABELS: N_("20 labels"),
    }
)
ITS_TEACHER, THEIR_TEACHERS = N_("its teacher {accuracy}"), N_("their teachers {accuracy}")
FEWEST = 3


def one(lab: Lab, job: JobView) -> None:
    """What became of one voice, by an experiment that is finished."""
    stamp = lab.reports.results_version([job.id], everywhere=False)
    ways = kept(("voices", stamp), lambda: lab.reports.over_voices([job.id]))
    if not ways:
        st.caption(_("Not all of its networks were finished."))
        return
    _shown(ways, [used_to(ways, titles.member(lab, job.experiment.task))], key="voice", teacher=ITS_TEACHER)


def over(lab: Lab) -> None:
    """What it brought over all voices of this lab; nothing where no network was used to one."""
    jobs = lab.reports.adaptations()
    stamp = lab.reports.results_version(jobs, everywhere=False)
    ways = kept(("voices", stamp), lambda: lab.reports.over_voices(jobs))
    if not ways:
        return
    st.subheader(_("Over the voices"))
    _shown(ways, facts(ways), key="voices", teacher=THEIR_TEACHERS)
    shown = words.join([lab.tasks.get(voice(speaker)).member for speaker in ways[0].by_voice])
    st.caption(
        _(
            "Of each voice the newest experiment of this lab: {voices}. Tested on 150 recordings of each, from which "
            "nothing was learnt; 95 % intervals over voices; paired t-tests over voices with Holm's correction for all "
            "{count}.",
            voices=shown,
            count=len(COMPARED),
        )
    )


def _shown(ways: Sequence[Way], told: Sequence[Fact], *, key: str, teacher: str) -> None:
    """``teacher`` names the line of the chart."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        charts.show(_chart(ways, teacher), key=key)
    with right:
        st.subheader(_("What this shows"))
        for fact in told:
            st.markdown(words.firm(say(fact)))


def _chart(ways: Sequence[Way], line: str) -> charts.Chart:
    dark, mean = style.dark(), next(way.accuracy.mean for way in ways if way.name == TEACHER)
    found = [
        Bar(network=SHOWN[way.name], mean=way.accuracy.mean, half_width=way.accuracy.half_width)
        for way in ways
        if way.name != TEACHER
    ]
    drawn = charts.bars(
        found,
        _looks(dark=dark),
        measure=_("Test accuracy"),
        reference=_(line, accuracy=words.percent(mean)),
        dark=dark,
        at=mean,
        most=1.0,
    )
    return replace(drawn, legend=(legend.interval(style.theme(dark), voices=True),) if drawn.legend else ())


def _looks(*, dark: bool) -> Mapping[str, Look]:
    """As everywhere where such an experiment is shown."""
    source = Student(name=AS_IT_WAS, architecture="sequence_depthwise")
    students = adaptation_of(new_voice(SPEAKERS[0]), source, "0" * 16).students
    return {SHOWN.get(name, name): look for name, look in style.of_students(students, dark=dark).items()}


def facts(ways: Sequence[Way]) -> tuple[Fact, ...]:
    """The teacher's answers over the student as it was and over norms alone, the rival, and the teachers."""
    by_name = {way.name: way for way in ways}
    taught, few, count = by_name[TAUGHT_ANEW], by_name[FEW_LABELS], ways[0].accuracy.count
    found: list[Fact] = [
        OverVoices(
            voices=count,
            before=_estimate(by_name[AS_IT_WAS].accuracy),
            taught=_estimate(taught.accuracy),
            gap=_gap(taught, AS_IT_WAS),
        ),
        OverNorms(norms=_estimate(by_name[NORMS_ANEW].accuracy), gap=_gap(taught, NORMS_ANEW)),
        FewLabels(labels=FEW, accuracy=_estimate(few.accuracy), gap=_gap(few, AS_IT_WAS)),
        TeacherOfVoices(accuracy=_estimate(by_name[TEACHER].accuracy)),
    ]
    return (*found, TooFewVoices(voices=count)) if count < FEWEST else tuple(found)


def _estimate(of: Interval) -> Estimate:
    return Estimate(mean=of.mean, half_width=of.half_width)


def _gap(way: Way, other: str) -> Gap:
    gain = way.gains[other]
    return Gap.between(gain.difference, None if gain.direction == "too few seeds" else gain.direction)
