"""Jobs: a queue with one worker thread, the crew that helps it, an errand and a heartbeat beside it."""

from distill_core.jobs.aside import Aside
from distill_core.jobs.crew import Crew
from distill_core.jobs.ending import (
    CLOSING_SECONDS,
    LEAVING_SECONDS,
    Terminated,
    attentive,
    close_at_the_end,
    leave,
    terminable,
)
from distill_core.jobs.errand import Desk, Errand, ErrandView
from distill_core.jobs.heartbeat import Heartbeat
from distill_core.jobs.load import OthersLoad, Spent, others_share, spent
from distill_core.jobs.once import Once
from distill_core.jobs.queue import JobQueue
from distill_core.jobs.turns import Turns
from distill_core.jobs.work import Work

__all__ = [
    "CLOSING_SECONDS",
    "LEAVING_SECONDS",
    "Aside",
    "Crew",
    "Desk",
    "Errand",
    "ErrandView",
    "Heartbeat",
    "JobQueue",
    "Once",
    "OthersLoad",
    "Spent",
    "Terminated",
    "Turns",
    "Work",
    "attentive",
    "close_at_the_end",
    "leave",
    "others_share",
    "spent",
    "terminable",
]
