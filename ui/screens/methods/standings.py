"""How a comparison ended: accuracies, how far each is from the control and from plain KD, and what may be said."""

import pandas as pd
import streamlit as st

from distill_core.lab import JobView, Lab
from distill_core.reports.results import metric_of
from distill_core.templates.method_comparison import reference_student
from ui import charts
from ui.charts import Gap, Point, Series
from ui.findings import standings as ended
from ui.findings.facts import Fact
from ui.findings.sentences import say
from ui.jobs import actions, experiment, live, unreadable
from ui.kept import kept
from ui.kinds import kind_of
from ui.networks import style
from ui.text import story, words
from ui.text.language import _

__all__ = ["found", "gaps", "judged", "sentences", "show"]


def show(lab: Lab, job: JobView) -> None:
    """Live while it trains; charts and sentences as soon as every network is evaluated."""
    if not experiment.ready(lab, job):
        return
    unreadable.runs(lab, [job])
    stamp, kd = lab.reports.results_version([job.id], everywhere=False), reference_student(job.experiment)
    summary, beside, results = kept(
        ("comparison", stamp),
        lambda: (lab.reports.summary(job.id), lab.reports.against(job.id, kd), lab.reports.results([job.id])),
    )
    done = summary[summary["test_accuracy"].notna()]
    if done[done["role"] != "teacher"].empty:
        st.caption(_("No student of this comparison was finished."))
        return
    _charts(done, beside, kd)
    for sentence in sentences(done, beside, kd):
        st.markdown(words.firm(sentence))
    live.failed(results)
    st.caption(judged(done, beside))
    st.caption(story.fine_print(summary, results, kind_of(lab, job.experiment.task)))
    st.page_link(
        "../pages/compare.py",
        label=_("Open in Compare"),
        icon=":material/scatter_plot:",
        query_params={"task_of": job.experiment.task, "experiments": actions.place(job)},
    )


def _charts(done: pd.DataFrame, beside: pd.DataFrame, kd: str) -> None:
    looks = style.of_rows(done, dark=style.dark())
    compared = done[done["role"] != "teacher"]
    names = list(compared["student"])
    series = [
        Series(name=row["student"], look=looks[row["student"]], points=(Point.of(place, row),))
        for place, row in enumerate(compared.to_dict("records"))
    ]
    series += [
        Series(name=row["student"], look=looks[row["student"]], points=(Point.of(0, row),), level=True)
        for row in done[done["role"] == "teacher"].to_dict("records")
    ]
    left, right = st.columns(2, gap="medium")
    with left:
        metric = metric_of(done)
        st.markdown(words.scored("**{Metric} of each**", metric))
        measure = words.scored("Test {metric}", metric)
        chart = charts.along(series, names, title="", measure=measure, dark=style.dark(), joined=False)
        charts.show(chart, key="comparison_accuracy")
    each = gaps(done, beside, kd)
    if each:
        with right:
            st.markdown(_("**Difference to the control, and to plain KD**"))
            others = {name: looks[name] for name in dict.fromkeys(gap.other for gap in each)}
            charts.show(charts.differences(each, others, dark=style.dark(), metric=metric), key="comparison_gaps")


def gaps(done: pd.DataFrame, beside: pd.DataFrame, kd: str) -> tuple[Gap, ...]:
    """Each student against its control, then against KD, those that gain most on the control first."""
    students = done[(done["role"] == "student") & done["delta_points"].notna()]
    students = students.sort_values("delta_points", ascending=False)
    against = beside[beside["delta_points"].notna()].set_index("student")
    found = []
    for row in students.to_dict("records"):
        found.append(_gap(row, row["control"]))
        if row["student"] in against.index:
            found.append(_gap({"student": row["student"], **against.loc[row["student"]].to_dict()}, kd))
    return tuple(found)


def _gap(row: dict, other: str) -> Gap:
    half = row["delta_half_width_points"]
    return Gap(
        student=row["student"],
        other=other,
        points=row["delta_points"],
        half_width=None if pd.isna(half) else half,
        verdict=row["direction"],
    )


def sentences(done: pd.DataFrame, beside: pd.DataFrame, kd: str) -> tuple[str, ...]:
    """The students that are better and worse than the control, the same against plain KD, and those without a shown
    difference."""
    return tuple(say(fact) for fact in found(done, beside, kd))


def found(done: pd.DataFrame, beside: pd.DataFrame, kd: str) -> tuple[Fact, ...]:
    """The facts behind ``sentences``."""
    each = gaps(done, beside, kd)
    rows = [(gap.student, gap.points, gap.half_width, gap.verdict) for gap in each]
    against_kd = [row for row, gap in zip(rows, each, strict=True) if gap.other == kd]
    against_control = [row for row, gap in zip(rows, each, strict=True) if gap.other != kd]
    return (
        *ended.grouped(ended.CONTROL, against_control),
        *ended.grouped(ended.KD, against_kd),
    )


def judged(done: pd.DataFrame, beside: pd.DataFrame) -> str:
    """How the verdicts were come by."""
    return say(
        ended.Judged(
            with_control=int(done["p_value"].notna().sum()),
            with_kd=int(beside["p_value"].notna().sum()),
            one_seed=int(done.loc[done["role"] != "teacher", "seeds"].max()) == 1,
        )
    )
