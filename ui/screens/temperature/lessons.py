"""Lessons: experiments that teach something, each shown as it came out and repeated with a button."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from distill_core.evaluation.statistics import Interval, interval
from distill_core.lab import Lab
from distill_core.reports.results import metric_of
from distill_core.reports.sweeps import Sweep
from distill_core.templates.presets import LESSONS, Preset
from ui import charts
from ui.charts import Point, Series
from ui.findings import comparison
from ui.findings.comparison import Student
from ui.findings.facts import Estimate, Fact, gap, known
from ui.findings.lessons import Against, Corrected, Correction, UnseenControl, UnseenStudent
from ui.findings.sentences import say
from ui.forms import fields
from ui.jobs import repeat, sheets, unreadable
from ui.networks import style
from ui.text import origin, words
from ui.text.language import N_, Texts, _, by_kind

__all__ = ["against", "show", "unseen", "unseen_facts", "unseen_sentences"]

# Whom the question of a lesson is about, beside the control.
REFERENCES = {"few_labels": "label smoothing", "hot_and_cold": "T 4"}
BEFORE, AFTER, PRECISION = N_("recall before the correction"), N_("recall after it"), N_("precision after it")
ACCURACY = N_("accuracy over all classes after it")
SHOWN = (BEFORE, AFTER, PRECISION, ACCURACY)


def show(lab: Lab, studies: Sequence[Sweep]) -> None:
    """One lesson at a time."""
    lessons = {lesson.name: lesson for lesson in LESSONS}
    titles = Texts({lesson.name: lesson.title for lesson in LESSONS})
    name = st.segmented_control(
        _("Lesson"),
        list(lessons),
        default=next(iter(lessons)),
        required=True,
        key="lesson",
        bind="query-params",
        **fields.titled("lesson", titles),
    )
    lesson = lessons.get(name or "", next(iter(lessons.values())))
    shipped = next((sweep for sweep in studies if sweep.key == f"shipped:lesson_{lesson.name}"), None)
    st.markdown(_(lesson.teaches))
    if shipped is None:
        return
    again = repeat.own(studies, shipped)
    shown = [(_("**Shipped**"), shipped)] + (
        [(_("**Trained here**"), again)] if again and again.state == "finished" else []
    )
    for (title, study), column in zip(shown, st.columns(len(shown), gap="medium"), strict=True):
        with column:
            if len(shown) > 1:
                st.markdown(title)
                unreadable.runs(lab, [lab.job(study.job_id)] if study.job_id else [])
            _draw(lab, lesson, study)
    asked = int(sheets.summary(lab, shipped)["p_value"].notna().sum())
    st.caption(say(Corrected(comparisons=asked, chart=False)))
    st.caption(
        origin.line(sheets.sheet(lab, shipped), by_kind(lab.tasks.get(lesson.experiment.task).kind, "test {examples}"))
    )
    repeat.beside(lab, shipped, again, key=lesson.name)


def _draw(lab: Lab, lesson: Preset, study: Sweep) -> None:
    title = _("**Accuracy over all classes**")
    if lesson.name == "missing_class":
        _unseen(sheets.sheet(lab, study).results, study, lesson)
        title = _("**Accuracy over all classes, before the correction**")
    elif (metric := metric_of(sheets.summary(lab, study))) != "accuracy":
        title = f"**{words.scored('Test {metric}', metric)}**"
    _accuracies(sheets.summary(lab, study), title, key=f"{lesson.name}_{study.key}")
    beside = REFERENCES.get(lesson.name, "")
    for sentence in against(sheets.sheet(lab, study).against(beside), beside):
        st.markdown(sentence)
    if lesson.doubts:
        st.markdown(_(lesson.doubts))


def _accuracies(summary: pd.DataFrame, title: str, *, key: str) -> None:
    rows = summary[(summary["role"] != "teacher") & summary["test_accuracy"].notna()]
    if rows.empty:
        st.caption(_("No student of this lesson is finished."))
        return
    looks = style.of_rows(summary, dark=style.dark())
    names = list(rows["student"])
    series = [
        Series(name=row["student"], look=looks[row["student"]], points=(Point.of(place, row),))
        for place, row in enumerate(rows.to_dict("records"))
    ]
    st.markdown(title)
    measure = words.scored("Test {metric}", metric_of(summary))
    chart = charts.along(series, names, title="", measure=measure, dark=style.dark(), joined=False)
    charts.show(chart, key=f"lesson_{key}")
    for row in rows.to_dict("records"):
        if row["role"] == "student":
            st.markdown(_said(row))


def _said(row: Mapping) -> str:
    return say(Student(name=row["student"], accuracy=comparison.accuracy(row), gap=gap(row)))


def against(found: pd.DataFrame, reference: str) -> tuple[str, ...]:
    """How the other students of a lesson do beside the one that its question is about; nothing where that one is not
    there. ``found`` is what ``Sheet.against`` answers."""
    each = tuple((row["student"], gap(row)) for row in found.to_dict("records"))
    known = tuple((name, beside) for name, beside in each if beside)
    return (say(Against(reference=reference, gaps=known)),) if known else ()


def _unseen(results: pd.DataFrame, study: Sweep, lesson: Preset) -> None:
    missing = next(student.missing_class for student in study.experiment.students if student.missing_class)
    table = unseen(results)
    if table.empty:
        return
    looks = style.looks(dict.fromkeys(SHOWN, "student"), dark=style.dark())
    series = [
        Series(
            name=_(name),
            look=looks[name],
            points=tuple(
                Point(place=place, mean=found.mean, half_width=found.half_width)
                for place, found in enumerate(table[name])
                if found is not None
            ),
        )
        for name in SHOWN
    ]
    st.markdown(_("**The class that was never seen: {missing}**", missing=words.plain(str(missing))))
    chart = charts.along(
        series, list(table["student"]), title="", measure=_("Share of images"), dark=style.dark(), joined=False
    )
    charts.show(chart, key=f"unseen_{study.key}")
    for sentence in unseen_sentences(table, str(missing)):
        st.markdown(sentence)


def unseen(results: pd.DataFrame) -> pd.DataFrame:
    """A row a student of a missing class: intervals of recall before and after, of precision, bias and accuracies."""
    rows = results[(results["role"] != "teacher") & results["unseen"].notna()]
    found = []
    for name, them in rows.groupby("student", sort=False):
        each = list(them["unseen"])
        found.append(
            {
                "student": name,
                "role": them["role"].iloc[0],
                BEFORE: interval([run["before"]["recall"] for run in each]),
                AFTER: interval([run["after"]["recall"] for run in each]),
                PRECISION: _precision(each),
                "bias": interval([run["bias"] for run in each]),
                "valid": interval([run["valid_accuracy"] for run in each]),
                ACCURACY: interval([run["after"]["accuracy"] for run in each]),
            }
        )
    return pd.DataFrame(found)


def _precision(each: Sequence[Mapping]) -> Interval | None:
    """None where a seed called no image so: a share of nothing is no number."""
    called = [run["after"]["recall"] > 0 or run["after"]["precision"] > 0 for run in each]
    return interval([run["after"]["precision"] for run in each]) if all(called) else None


def unseen_sentences(table: pd.DataFrame, missing: str) -> tuple[str, ...]:
    """The sentences of ``unseen_facts``."""
    return tuple(say(fact) for fact in unseen_facts(table, missing))


def unseen_facts(table: pd.DataFrame, missing: str) -> tuple[Fact, ...]:
    """The student that validation chooses, beside its control, both corrected in the same way."""
    students = table[table["role"] == "student"]
    if students.empty:
        return ()
    best = students.loc[students["valid"].map(lambda found: found.mean).idxmax()]
    controls = table[table["role"] == "control"].head(1).to_dict("records")
    bias = best["bias"]
    return (
        UnseenStudent(student=best["student"], missing=missing, **_shares(best)),
        *(UnseenControl(**_shares(row)) for row in controls),
        Correction(bias=Estimate.of(bias.mean, bias.half_width)),
    )


def _shares(row: Mapping) -> dict[str, Estimate | None]:
    found = {"before": row[BEFORE], "after": row[AFTER], "precision": row[PRECISION]}
    return {
        name: None if known(share) is None else Estimate.of(share.mean, share.half_width)
        for name, share in found.items()
    }
