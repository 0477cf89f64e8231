"""Maps whatever the execution of a job raises to the job's final state."""

import logging
from collections.abc import Callable

from distill_core.errors import DistillError, Stopped, said
from distill_core.jobs.control import JobControl, LabClosing

CLOSED = said("the lab was closed while this job waited or ran")
LOG = logging.getLogger(__name__)

Execute = Callable[[JobControl], None]


def outcome_of(execute: Execute, control: JobControl) -> tuple[str, str | None]:
    """Execute a job; returns its final state, and the reason where it failed or was interrupted."""
    try:
        execute(control)
    except Stopped as error:
        if control.stopped:
            return control.stopped, CLOSED if control.stopped == "interrupted" else None
        # Without a request to stop it is a failure, except while the process ends.
        return ("interrupted", CLOSED) if isinstance(error, LabClosing) else ("failed", error.text)
    except DistillError as error:
        return "failed", error.text
    except BaseException as error:  # SystemExit too: the worker thread must survive
        LOG.exception("job %s failed", control.job_id)
        return "failed", f"{type(error).__name__}: {error}"
    return "finished", None
