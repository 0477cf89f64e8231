"""Labels and width of a task whose curves do not ship: what trains them, and what came of it."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.reports.results import metric_of
from distill_core.reports.sweeps import Sweep
from distill_core.spec import Experiment
from distill_core.tasks import Task
from distill_core.templates.task_presets import task_label_curve, task_width_curve
from ui import charts
from ui.charts import label_budget
from ui.charts.along import Series
from ui.jobs import expected, live, repeat, sheets, unreadable
from ui.networks import style
from ui.shell import trouble
from ui.text import origin, times, titles, words
from ui.text.language import N_, _

__all__ = ["of_labels", "of_widths", "show", "width_series"]

KD = N_("KD")


def show(lab: Lab, studies: Sequence[Sweep], task: Task) -> None:
    """Both curves of a task, by the first teacher that is offered for it."""
    first = lab.catalog.first_experiment(task.name)
    st.subheader(_("By the number of labels"))
    labels = _study(lab, studies, task_label_curve(task, first.teacher), key="labels")
    if labels is not None:
        of_labels(lab, labels, first)
    st.subheader(_("By the student's width"))
    widths = task_width_curve(task, first.teacher)
    if widths is None:
        network = titles.network(first.students[0].architecture)
        st.markdown(_("{network} comes in too few widths for a curve.", network=words.plain(network)))
        return
    width = _study(lab, studies, widths, key="width")
    if width is not None:
        of_widths(lab, width)


def _study(lab: Lab, studies: Sequence[Sweep], experiment: Experiment, *, key: str) -> Sweep | None:
    """The curve where it was trained here, or is being trained; else the button that trains it, or why it cannot."""
    try:
        plan = expected.planned(lab, experiment)
    except DistillError as error:
        st.info(words.sentence(error), title=_("This cannot run yet"))
        return None
    found = next((study for study in studies if study.job_id == plan.job_id), None) if plan.job_id else None
    if found is None:
        st.markdown(_("This curve does not ship for this task. Three seeds a point, each beside its control:"))
        st.button(
            _("Train it here · {time}", time=times.about(plan.expected_seconds)),
            icon=":material/play_arrow:",
            key=f"curve_{key}",
            on_click=repeat.start,
            args=(experiment,),
        )
        expected.doubts(plan)
        return None
    if found.state in live.ACTIVE:
        trouble.fragment(repeat.watch, repeat.TICK_SECONDS)(lab, found)
    unreadable.runs(lab, [lab.job(str(found.job_id))])
    return found


def of_labels(lab: Lab, study: Sweep, first: Experiment) -> None:
    """Control, students on both transfer sets and teacher over the numbers of labels, and what they gain."""
    summary = sheets.summary(lab, study)
    counts = study.curve.places if study.curve else ()
    chart = charts.along(
        label_budget.label_series(summary, counts, dark=style.dark(), first=first),
        [label_budget.count(labels) for labels in counts],
        title=_("Training examples with a label"),
        measure=words.scored("Test {metric}", metric_of(summary)),
        dark=style.dark(),
    )
    charts.show(chart, key="task_label_curve")
    for sentence in label_budget.gains(summary, first):
        st.markdown(sentence)
    st.caption(
        origin.line(sheets.sheet(lab, study), _("as many updates whatever the number of labels"), _("all of the test"))
    )


def of_widths(lab: Lab, study: Sweep) -> None:
    """Control, students and teacher over the widths."""
    summary = sheets.summary(lab, study)
    places = [place for place in (study.curve.places if study.curve else ()) if place is not None]
    names = [words.short(place) for place in places]
    chart = charts.along(
        width_series(summary, places, dark=style.dark()),
        names,
        title=_("Width of the student"),
        measure=words.scored("Test {metric}", metric_of(summary)),
        dark=style.dark(),
    )
    charts.show(chart, key="task_width_curve")
    st.caption(origin.line(sheets.sheet(lab, study), _("distilled on all examples"), _("all of the test")))


def width_series(summary: pd.DataFrame, places: Sequence[float], *, dark: bool) -> list[Series]:
    """The control, the students and the teacher over the widths."""
    roles = {"control": "control", _(KD): "student", "teacher": "teacher"}
    looks = style.looks(roles, dark=dark)
    taught, series = summary[summary["test_accuracy"].notna()], []
    for name, role in list(roles.items())[:2]:
        rows = taught[taught["role"] == role]
        points = label_budget.drawn(rows, [list(places).index(width) for width in rows["width"]])
        series.append(Series(name=name, look=looks[name], points=points))
    return [*series, *label_budget.teachers(summary, {"teacher": looks["teacher"]})]
