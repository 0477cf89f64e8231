"""The process of jobs beside the lab that has them in its queue (``executors.ProcessExecutor``)."""

from functools import partial
from pathlib import Path
from typing import Any

from distill_core.execution.pace_measurement import take_over
from distill_core.jobs.control import JobControl
from distill_core.jobs.outcomes import outcome_of
from distill_core.jobs.pool import WorkerPool
from distill_core.jobs.torch_import import import_torch
from distill_core.jobs.worker_jobs import RemoteMeasurementLock, WorkerJobs
from distill_core.jobs.worker_process import Channel
from distill_core.lab.executors import TIMERS, ThreadExecutor
from distill_core.machine import available_threads
from distill_core.planning.machine_pace import MachinePace
from distill_core.planning.stored_plan import of_json
from distill_core.store import Store
from distill_core.tasks import TaskCatalog
from distill_core.training.precision import use_one_thread


def main() -> None:
    """Import what training needs, then do job after job until the lab ends."""
    channel = Channel()
    jobs = WorkerJobs(channel)
    import_torch()
    while (job := jobs.next()) is not None:
        request, control, lock = job
        state, error = outcome_of(partial(_execute, request, lock), control)
        jobs.done(control.job_id, state, error)
    channel.leave()


def _execute(request: dict[str, Any], lock: RemoteMeasurementLock, control: JobControl) -> None:
    if request["pace"]:
        take_over(MachinePace(**request["pace"]))
    home, pool = Path(request["home"]), WorkerPool(available_threads(), initializer=use_one_thread)
    store = Store.open(home)
    try:
        work = ThreadExecutor(store, TaskCatalog(home), TIMERS[request["timer"]], lock, pool)
        work(of_json(request["plan"]), control)
    finally:
        pool.close()
        store.close()
