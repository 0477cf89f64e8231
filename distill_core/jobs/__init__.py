"""Jobs: a queue with one worker thread, its worker pool, background tasks and a heartbeat."""

from threading import Lock

from distill_core.jobs.background_task import BackgroundTask, TaskControl, TaskStatus
from distill_core.jobs.control import JobControl
from distill_core.jobs.heartbeat import Heartbeat
from distill_core.jobs.lazy import Lazy
from distill_core.jobs.measurement_lock import MeasurementLock
from distill_core.jobs.pool import WorkerPool
from distill_core.jobs.process_exit import (
    CLOSING_SECONDS,
    LEAVING_SECONDS,
    Terminated,
    close_at_exit,
    exit_process,
    handle_server_signals,
    raise_on_termination,
)
from distill_core.jobs.queue import JobQueue
from distill_core.jobs.system_load import OtherProgramsLoad, ProcessorTimes, other_programs_share, processor_times

__all__ = [
    "CLOSING_SECONDS",
    "LEAVING_SECONDS",
    "BackgroundTask",
    "Heartbeat",
    "JobControl",
    "JobQueue",
    "Lazy",
    "Lock",
    "MeasurementLock",
    "OtherProgramsLoad",
    "ProcessorTimes",
    "TaskControl",
    "TaskStatus",
    "Terminated",
    "WorkerPool",
    "close_at_exit",
    "exit_process",
    "handle_server_signals",
    "other_programs_share",
    "processor_times",
    "raise_on_termination",
]
