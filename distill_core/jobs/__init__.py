"""Jobs: a queue with one worker thread."""

from distill_core.jobs.queue import JobQueue
from distill_core.jobs.work import Work

__all__ = ["JobQueue", "Work"]
