"""The score on the whole official test set, of which a task's test part is a sample: a column, and the task that makes
it in the background."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

import ui
from distill_core.evaluation.statistics import interval
from distill_core.lab import Lab
from distill_core.reports.summary import one_network
from ui.jobs import actions
from ui.screens.compare.cohort import Cohort
from ui.shell import trouble
from ui.text import times, words
from ui.text.language import _

__all__ = ["HALF", "SCORE", "SEEDS", "offer", "scored"]

SCORE, HALF, SEEDS = "official_accuracy", "official_half_width", "official_seeds"
PERIOD_SECONDS = 1.0
STARTED = "official_started"


def scored(lab: Lab, cohort: Cohort, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the mean over seeds of that score and its half width, and over how many where some are lacking; as
    they are where no run was scored."""
    runs = [run for ids in cohort.of_lab(rows)["run_ids"] for run in ids]
    known = lab.robustness.official(runs) if lab.robustness.official_test(cohort.task()) else {}
    if not known:
        return rows
    repeated = one_network(cohort.results)
    each = [[known[run] for run in ids if run in known] for ids in rows["run_ids"]]
    means = [
        interval(values, repeated=repeated.issuperset(ids)) if values else None
        for values, ids in zip(each, rows["run_ids"], strict=True)
    ]
    columns = {SCORE: [mean and mean.mean for mean in means], HALF: [mean and mean.half_width for mean in means]}
    rows = rows.assign(**columns).astype({SCORE: "float64", HALF: "float64"})
    fewer = [0 < len(values) < len(ids) for values, ids in zip(each, rows["run_ids"], strict=True)]
    return rows.assign(**{SEEDS: [len(values) or None for values in each]}) if any(fewer) else rows


def offer(lab: Lab, cohort: Cohort, rows: pd.DataFrame) -> None:
    """Draw the button that scores what was not scored yet, or how far that is; nothing where the lab has no such
    set."""
    whole, tested = lab.robustness.official_test(cohort.task()), lab.tasks.get(cohort.task()).counts.test
    there = cohort.of_lab(rows)
    runs = [run for ids in there["run_ids"] for run in ids]
    if whole is None or not runs:
        return
    known = lab.robustness.official(runs)
    without_file = lab.reports.left_out([job.id for job in cohort.jobs], "onnx")
    lacking = [run for run in runs if run not in known and run not in without_file]
    view = lab.robustness.testing()
    running = view is not None and not view.finished
    trouble.fragment(_draw, PERIOD_SECONDS if running else None)(lab, lacking, tested, whole.count, running)


def _draw(lab: Lab, lacking: Sequence[str], tested: int, whole: int, was_running: bool) -> None:
    view = lab.robustness.testing()
    running = view is not None and not view.finished
    if running != was_running:
        st.rerun()
    if view is not None and running:
        text = " · ".join(filter(None, (f"{view.title}: {view.step}", times.left(view))))
        st.progress(view.done / max(view.total, 1), text=words.plain(text))
        return
    if lacking:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                _("Score on all {count} official test images", count=words.number(whole, grouped=True)),
                icon=":material/fact_check:",
                key="score_official",
                on_click=_begin,
                args=(lacking,),
                wrap=True,
                help=_(
                    "The test part of this task is a sample of {count} of them. The result is a column of the table, "
                    "in the sets Overview, Accuracy and All.",
                    count=words.number(tested, grouped=True),
                ),
            )
    ended = view.error if view and st.session_state.pop(STARTED, False) else None
    if ended:
        st.warning(words.sentence(ended), title=_("Not all of them could be scored"))


def _begin(run_ids: Sequence[str]) -> None:
    st.session_state[STARTED] = True
    actions.tried(lambda: ui.lab().robustness.score_official(run_ids))
