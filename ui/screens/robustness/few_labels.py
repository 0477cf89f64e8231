"""Score against the number of labels: the curve of the task of the experiment, which ships or was trained here."""

import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from distill_core.reports.results import metric_of
from distill_core.reports.sweeps import Sweep
from distill_core.spec import Experiment
from distill_core.tasks import Task
from distill_core.templates.presets import TASK
from ui import charts
from ui.charts import label_budget
from ui.jobs import sheets
from ui.networks import style
from ui.screens.robustness.trials import Trials
from ui.text import origin, words
from ui.text.language import _, by_kind

__all__ = ["show"]

KEY = "shipped:label_curve"


def show(lab: Lab, tested: Trials | None) -> None:
    """The curve with what it shows, and the page that trains it."""
    task = tested.task if tested else lab.tasks.get(TASK)
    study = _study(lab, task)
    if study is None:
        st.info(
            _(
                "No curve over the number of labels of {task} is here: it does not ship, and none was trained. The "
                "page Temperature trains it, three seeds a point.",
                task=words.plain(_(task.title)),
            )
        )
        _train(task, _("Train this curve"))
        return
    if study.shipped:
        st.markdown(_("This curve ships with the lab and is that of {task}.", task=words.plain(_(task.title))))
    first = None if study.shipped else lab.catalog.first_experiment(task.name)
    left, right = st.columns([3, 2], gap="medium")
    summary = sheets.summary(lab, study)
    with left:
        _chart(summary, study, first)
    with right:
        st.subheader(_("What this shows"))
        for sentence in label_budget.gains(summary, first):
            st.markdown(words.firm(sentence))
        st.caption(
            by_kind(
                task.kind,
                "Few labels are a test of robustness too: what the teacher says about one {example} is a label without "
                "the work of writing it.",
            )
        )
        _train(task, _("Train this curve here") if study.shipped else _("See this curve beside that over widths"))
    told = _("as many updates whatever the number of labels"), by_kind(task.kind, "test {examples}")
    st.caption(origin.line(sheets.sheet(lab, study), *told))


def _study(lab: Lab, task: Task) -> Sweep | None:
    """The finished curve over labels of a task: the one that ships, else the newest that was trained here."""
    of_task = [sweep for sweep in lab.reports.sweeps() if sweep.experiment.task == task.name]
    curves = [sweep for sweep in of_task if sweep.curve and sweep.curve.over == "labels" and sweep.state == "finished"]
    return next((sweep for sweep in curves if sweep.key == KEY), curves[0] if curves else None)


def _train(task: Task, label: str) -> None:
    st.page_link(
        "../pages/temperature.py",
        label=label,
        icon=":material/replay:",
        query_params={"view": "budgets", "curves_task": task.name},
    )


def _chart(summary: pd.DataFrame, study: Sweep, first: Experiment | None) -> None:
    counts = study.curve.places  # type: ignore[union-attr]
    places = [label_budget.count(labels) for labels in counts]
    series = label_budget.label_series(summary, counts, dark=style.dark(), first=first)
    chart = charts.along(
        series,
        places,
        title=_("Training examples with a label"),
        measure=words.scored("Test {metric}", metric_of(summary)),
        dark=style.dark(),
        bands=True,
    )
    charts.show(chart, key="few_labels")
