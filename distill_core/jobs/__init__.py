"""Jobs: a queue with one worker thread, the crew that helps it, and an errand beside it."""

from distill_core.jobs.aside import Aside
from distill_core.jobs.crew import Crew
from distill_core.jobs.errand import Desk, Errand, ErrandView
from distill_core.jobs.load import OthersLoad
from distill_core.jobs.once import Once
from distill_core.jobs.queue import JobQueue
from distill_core.jobs.turns import Turns
from distill_core.jobs.work import Work

__all__ = ["Aside", "Crew", "Desk", "Errand", "ErrandView", "JobQueue", "Once", "OthersLoad", "Turns", "Work"]
