"""What stands above the chart: what still trains, and what went wrong."""

from typing import Any

import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from ui.jobs import actions, first, live, outcome
from ui.kept import derived
from ui.screens.compare.cohort import Cohort
from ui.text import words
from ui.text.language import _

__all__ = ["empty", "nothing_finished", "show"]


def empty(lab: Lab) -> None:
    """Nothing was ever trained: say so, and offer the button that fills the page."""
    st.markdown(
        _(
            "There is nothing to compare yet. The first comparison trains one student three times, on labels "
            "alone and with a teacher's help; it then appears here with accuracy, size and latency, all "
            "measured on this machine."
        )
    )
    first.offer(lab)


def show(lab: Lab, cohort: Cohort) -> None:
    """Why an experiment has no more than this, and which students failed."""
    for job in cohort.jobs:
        if len(cohort.jobs) > 1 and job.state in outcome.TOLD:
            st.caption(_("About {place}:", place=words.plain(actions.place(job))))
        outcome.ended(lab, job)
    for row in derived(cohort.results, "failed", lambda: _failed(cohort.results)):
        live.stopped(row["student"], row["seed"], words.sentence(row["message"] or ""))


def _failed(results: pd.DataFrame) -> list[dict[Any, Any]]:
    failed: list[dict[Any, Any]] = results[results["state"] == "failed"].to_dict("records")
    return failed


def nothing_finished(cohort: Cohort) -> None:
    """The chosen experiments have no finished student yet, or never had one."""
    if any(job.state in live.ACTIVE for job in cohort.jobs):
        st.info(_("The chart appears with the first finished student."), icon=":material/hourglass_empty:")
    else:
        st.info(
            _(
                "No student of this experiment was finished. Choose another one above, or press **{restart}** on Home.",
                restart=_(actions.RESTART),
            )
        )
