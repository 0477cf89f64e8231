"""Labels and width: where distillation helps, and which teacher a small student can follow."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from distill_core.evaluation.statistics import compare, direction, holm
from distill_core.lab import Lab
from distill_core.reports.summary import by_seed
from distill_core.reports.sweeps import Sweep
from distill_core.templates.presets import TASK
from ui import charts
from ui.charts import label_budget
from ui.charts.along import Series
from ui.findings.facts import Fact, Gap
from ui.findings.lessons import Corrected, NoWidthGap, Teachers, WidthGaps
from ui.findings.sentences import say
from ui.forms import task_picker
from ui.jobs import repeat, sheets, unreadable
from ui.networks import style
from ui.screens.temperature import task_curves
from ui.text import origin, titles, words
from ui.text.language import N_, _

__all__ = ["found", "gap", "show", "width_series"]

LABELS, SMALL, LARGE = "shipped:label_curve", "shipped:width_small_teacher", "shipped:width_large_teacher"
SMALL_KD, LARGE_KD = N_("KD, weak small teacher"), N_("KD, strong large teacher")
SIZES = {"small": N_("With the small teacher:"), "large": N_("With the large teacher:")}
WEAK, STRONG = N_("weak small teacher"), N_("strong large teacher")


def show(lab: Lab, studies: Sequence[Sweep]) -> None:
    """Two charts of a task, each with what it shows and its repetition, or with what trains it."""
    with st.container(width=480):
        task = task_picker.bound(lab, list(titles.tasks(lab)), "curves_task")
    if task != TASK:
        task_curves.show(lab, studies, lab.tasks.get(task))
        return
    by_key = {study.key: study for study in studies}
    if LABELS in by_key:
        _labels(lab, studies, by_key[LABELS])
    if SMALL in by_key and LARGE in by_key:
        _widths(lab, studies, by_key[SMALL], by_key[LARGE])


def _labels(lab: Lab, studies: Sequence[Sweep], shipped: Sweep) -> None:
    st.subheader(_("Accuracy against the number of labels"))
    again = repeat.own(studies, shipped)
    unreadable.runs(lab, [lab.job(again.job_id)] if again and again.job_id else [])
    for study, column, key in _side_by_side(shipped, again, "label_curve"):
        with column:
            summary = sheets.summary(lab, study)
            counts = shipped.curve.places  # type: ignore[union-attr]
            series = label_budget.label_series(summary, counts, dark=style.dark())
            places = [label_budget.count(labels) for labels in counts]
            chart = charts.along(
                series, places, title=_("Training examples with a label"), measure=_("Test accuracy"), dark=style.dark()
            )
            charts.show(chart, key=key)
    summary = sheets.summary(lab, shipped)
    for sentence in label_budget.gains(summary):
        st.markdown(sentence)
    asked = int(summary["p_value"].notna().sum())
    st.caption(say(Corrected(comparisons=asked, chart=True)))
    st.caption(
        origin.line(sheets.sheet(lab, shipped), _("as many updates whatever the number of labels"), _("test examples"))
    )
    repeat.beside(lab, shipped, again, key="label_curve")


def _side_by_side(
    shipped: Sweep, again: Sweep | None, key: str
) -> list[tuple[Sweep, "st.delta_generator.DeltaGenerator", str]]:
    if again is None:
        return [(shipped, st.container(), key)]
    left, right = st.columns(2, gap="medium")
    left.markdown(_("**Shipped**"))
    right.markdown(_("**Trained here**"))
    return [(shipped, left, key), (again, right, f"{key}_again")]


def _widths(lab: Lab, studies: Sequence[Sweep], small: Sweep, large: Sweep) -> None:
    st.subheader(_("Accuracy against the student's width"))
    pairs = [(small, repeat.own(studies, small)), (large, repeat.own(studies, large))]
    unreadable.runs(lab, [lab.job(again.job_id) for _, again in pairs if again and again.job_id])
    _width_chart(sheets.summary(lab, small), sheets.summary(lab, large), small, key="width_curve")
    for sentence in gap(sheets.sheet(lab, small).results, sheets.sheet(lab, large).results):
        st.markdown(sentence)
    for study in (small, large):
        st.caption(origin.line(sheets.sheet(lab, study), _("500 labels, listens on all examples"), _("test examples")))
    if all(again and again.state == "finished" for _, again in pairs):
        here = [sheets.summary(lab, again) for _, again in pairs if again]
        st.markdown(_("**Trained here**"))
        _width_chart(*here, small, key="width_curve_again")
    for (shipped, again), size in zip(pairs, SIZES, strict=True):
        if again is None or again.state != "finished":
            st.caption(_(SIZES[size]))
            repeat.beside(lab, shipped, again, key=f"width_{size}")


def _width_chart(small: pd.DataFrame, large: pd.DataFrame, shape: Sweep, *, key: str) -> None:
    series = width_series(small, large, dark=style.dark())
    places = [words.short(place) for place in shape.curve.places if place is not None]  # type: ignore[union-attr]
    chart = charts.along(series, places, title=_("Width of the student"), measure=_("Test accuracy"), dark=style.dark())
    charts.show(chart, key=key)


def width_series(small: pd.DataFrame, large: pd.DataFrame, *, dark: bool) -> list[Series]:
    """The control, the students of a small and of a large teacher, and both teachers."""
    small_kd, large_kd, weak, strong = map(_, (SMALL_KD, LARGE_KD, WEAK, STRONG))
    looks = style.looks(
        {
            "control": "control",
            small_kd: "student",
            large_kd: "student",
            weak: "teacher",
            strong: "teacher",
        },
        dark=dark,
    )
    # Of both tables: a control that cannot be read leaves its width to the students.
    taught = pd.concat([table.loc[table["role"] != "teacher", "width"] for table in (small, large)])
    places = {width: number for number, width in enumerate(sorted(taught.unique()))}
    rows = [
        ("control", large[large["role"] == "control"]),
        (small_kd, small[small["role"] == "student"]),
        (large_kd, large[large["role"] == "student"]),
    ]
    series = [
        Series(name=name, look=looks[name], points=label_budget.drawn(them, [places[width] for width in them["width"]]))
        for name, them in rows
    ]
    return [
        *series,
        *label_budget.teachers(small, {weak: looks[weak]}),
        *label_budget.teachers(large, {strong: looks[strong]}),
    ]


def gap(small: pd.DataFrame, large: pd.DataFrame) -> tuple[str, ...]:
    """The sentences of ``found``."""
    return tuple(say(fact) for fact in found(small, large))


def found(small: pd.DataFrame, large: pd.DataFrame) -> tuple[Fact, ...]:
    """What the teachers are, and at which widths one of them is the better one: paired by seed, with Holm's correction.

    Both are the results of an experiment, a row a run.
    """
    weak, strong = (table[table["role"] == "teacher"]["test_accuracy"].iloc[0] for table in (small, large))
    teachers = Teachers(weak=weak, strong=strong)
    pairs = {width: (_at(large, width), _at(small, width)) for width in _widths_of(large)}
    compared = {width: compare(*pair) for width, pair in pairs.items() if pair[0].keys() & pair[1].keys()}
    if not compared:
        return (teachers,)
    adjusted = holm([difference.p_value for difference in compared.values()])
    shown = tuple(
        (width, Gap.between(difference))
        for (width, difference), p in zip(compared.items(), adjusted, strict=True)
        if p is not None and direction(difference.mean, p) != "no difference shown"
    )
    if shown:
        return teachers, WidthGaps(gaps=shown)
    largest = max(compared.values(), key=lambda difference: abs(difference.mean))
    return teachers, NoWidthGap(largest=Gap.between(largest))


def _widths_of(results: pd.DataFrame) -> list[float]:
    return sorted(results.loc[results["role"] == "student", "width"].unique())


def _at(results: pd.DataFrame, width: float) -> dict[int, float]:
    rows = results[(results["role"] == "student") & (results["state"] == "finished") & (results["width"] == width)]
    return by_seed(rows)
