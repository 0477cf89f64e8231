"""What stands above the chart: what still trains, and what went wrong."""

from collections.abc import Sequence

import streamlit as st

from distill_core.lab import JobView, Lab
from ui import actions, first, live, outcome, words
from ui.compare.cohort import Cohort

__all__ = ["empty", "nothing_finished", "show", "wait"]

PERIOD_SECONDS = 2.0


def empty(lab: Lab) -> None:
    """Nothing was ever trained: say so, and offer the button that fills the page."""
    st.markdown(
        "There is nothing to compare yet. The first comparison trains one student three times, on labels alone and "
        "with a teacher's help; it then appears here with accuracy, size and latency, all measured on this machine."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        first.run(lab)
        st.page_link("../pages/train.py", label="Set up your own", icon=":material/model_training:")


def show(cohort: Cohort) -> None:
    """Why an experiment has no more than this, and which students failed."""
    for job in cohort.jobs:
        if len(cohort.jobs) > 1 and job.state in outcome.TOLD:
            st.caption(f"About {words.plain(actions.place(job))}:")
        outcome.ended(job)
    failed = cohort.results[cohort.results["state"] == "failed"]
    for row in failed.to_dict("records"):
        st.warning(
            words.sentence(row["message"] or ""), title=f"{row['student']} (seed {row['seed']}) stopped learning"
        )


def wait(lab: Lab, jobs: Sequence[JobView], *, shown: bool) -> None:
    """How far the chosen experiments are; the page is drawn anew when another of their networks is finished.

    ``shown``: some of their networks stand in the chart already.
    """
    active = [job.id for job in jobs if job.state in live.ACTIVE]
    if active:
        more = " · what is finished so far is shown below" if shown else ""
        st.fragment(run_every=PERIOD_SECONDS)(_progress)(lab, active, _stage(lab, active), more)


def nothing_finished(cohort: Cohort) -> None:
    """The chosen experiments have no finished student yet, or never had one."""
    if any(job.state in live.ACTIVE for job in cohort.jobs):
        st.info("The chart appears with the first finished student.", icon=":material/hourglass_empty:")
    else:
        st.info("No student of this experiment was finished. Choose another one above, or start it again from Home.")


def _progress(lab: Lab, active: list[str], before: object, more: str) -> None:
    if _stage(lab, active) != before:
        st.rerun()
    for job_id in active:
        job = lab.job(job_id)
        left = "" if job.seconds_left is None else f" · about {words.duration(job.seconds_left)} left"
        with st.container(horizontal=True, vertical_alignment="center"):
            text = f"{words.plain(job.title)} · {words.state(job.state)}{left}{more}"
            st.progress(min(max(job.fraction, 0.0), 1.0), text=text)
            st.page_link(
                "../pages/train.py",
                label="Watch",
                icon=":material/visibility:",
                query_params={"show": "Watch", "job": actions.place(job)},
            )


def _stage(lab: Lab, active: list[str]) -> object:
    return [lab.job(job_id).state in live.ACTIVE for job_id in active], len(lab.results(active))
