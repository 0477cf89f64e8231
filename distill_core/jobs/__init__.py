"""Jobs: a queue with one worker thread, and the crew that helps it."""

from distill_core.jobs.crew import Crew
from distill_core.jobs.once import Once
from distill_core.jobs.queue import JobQueue
from distill_core.jobs.work import Work

__all__ = ["Crew", "JobQueue", "Once", "Work"]
