"""Tab Classes of a task of segmentation: the IoU of each class, and where a student gains."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from distill_core.evaluation.statistics import interval
from distill_core.lab import Lab
from distill_core.tasks.segmentation.metrics import class_iou_C
from ui import charts
from ui.charts import Dot
from ui.kept import kept
from ui.networks import style
from ui.networks.style import Look
from ui.screens.compare import class_gains
from ui.screens.compare.cohort import Cohort
from ui.text import words
from ui.text.language import _

__all__ = ["dots_of", "gains_of", "show"]

BySeed = Mapping[int, np.ndarray]  # the IoU of each class


def show(lab: Lab, cohort: Cohort, rows: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    """The IoU by class of every network, then a student's beside its control's."""
    names, classes = list(rows["student"]), lab.catalog.classes(cohort.task())
    found = kept(("iou", cohort.stamp, *names), lambda: {name: _by_seed(lab, cohort, name) for name in names})
    repeated = {row["student"] for row in rows.to_dict("records") if row["role"] == "teacher"}
    shown = {name: looks[name] for name in names}
    groups = {_("Class"): [_(name) for name in classes]}
    points = dots_of(found, groups[_("Class")], repeated)
    measure = _("IoU on the test set")
    charts.show(charts.dots(points, groups, shown, measure=measure, dark=style.dark()), key="class_iou")
    st.caption(
        _(
            "The IoU of a class: the pixels that are of it and are given it, over those that are of it or are given "
            "it. Mean IoU is the mean of these, so that a small class counts as much as the ground. Intervals are over "
            "seeds."
        )
    )
    _gains(cohort, rows, found, groups[_("Class")], looks)


def _by_seed(lab: Lab, cohort: Cohort, name: str) -> BySeed:
    runs = set(cohort.runs(name))
    done = cohort.results[cohort.results["run_id"].isin(runs)].drop_duplicates("run_id")
    pairs = zip(done["seed"], done["run_id"], strict=True)
    return {int(seed): class_iou_C(cohort.confusion(lab, run_id)) for seed, run_id in pairs}


def dots_of(found: Mapping[str, BySeed], classes: Sequence[str], repeated: set[str]) -> list[Dot]:
    """A dot a class and network: the mean over seeds. A class that stands nowhere has none."""
    dots = []
    for name, seeds in found.items():
        for place, row in enumerate(classes):
            values = [float(iou_C[place]) for iou_C in seeds.values() if not np.isnan(iou_C[place])]
            if values:
                over = interval(values, repeated=name in repeated)
                dots.append(Dot(row=row, network=name, mean=over.mean, half_width=over.half_width))
    return dots


def gains_of(of_student: BySeed, of_control: BySeed, classes: Sequence[str]) -> dict[str, list[float]]:
    """IoU of the student minus that of its control in percentage points: by class, a value for each seed of both."""
    seeds = sorted(of_student.keys() & of_control.keys())
    pairs = {
        name: [100 * float(of_student[seed][place] - of_control[seed][place]) for seed in seeds]
        for place, name in enumerate(classes)
    }
    return {name: values for name, values in pairs.items() if values and not np.isnan(values).any()}


def _gains(
    cohort: Cohort, rows: pd.DataFrame, found: Mapping[str, BySeed], classes: Sequence[str], looks: Mapping[str, Look]
) -> None:
    of = class_gains.pair(cohort, rows[rows["control"].isin(list(found))])
    if of is None:
        return
    name, control = of
    gained = gains_of(found[name], found[control], classes)
    if not gained:
        text = _("{student} and its control share no seed whose IoU by class is known.", student=words.plain(name))
        st.caption(text)
        return
    class_gains.draw(gained, of, looks, key="iou_gains", score="iou")
