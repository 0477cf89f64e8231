"""One experiment, whatever it does: live while it trains, its outcome as soon as every network is evaluated."""

from streamlit.delta_generator import DeltaGenerator

from distill_core.lab import Lab
from distill_core.lab.views import JobView
from ui.jobs import live, outcome

__all__ = ["ready", "show"]


def show(lab: Lab, job: JobView, *, curves: bool = False) -> DeltaGenerator | None:
    """Draw a job; ``curves`` adds the learning curves to an outcome.

    Returns the place for what can be done next, or None where there is nothing yet.
    """
    if job.state not in live.ACTIVE:
        return outcome.show(lab, job, curves=curves)
    if ready(lab, job):
        outcome.show(lab, job, curves=curves)
    return None


def ready(lab: Lab, job: JobView) -> bool:
    """Draw what a job still does, or how it ended; whether every network is evaluated, so that a page can go on."""
    if job.state not in live.ACTIVE:
        outcome.ended(lab, job)
        return True
    if job.evaluated:
        live.rest(lab, job)
    else:
        live.show(lab, job)
    return job.evaluated
