"""Frozen views of plans and jobs, for pages and for the shell."""

from dataclasses import dataclass
from datetime import datetime

from distill_core.events import Event, Progress
from distill_core.planning.job_plan import JobPlan
from distill_core.spec import Experiment
from distill_core.time_left import time_left


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedRun:
    """A run of a plan; ``parameters`` and ``macs`` are None until torch is imported."""

    student: str
    role: str
    seed: int
    parameters: int | None
    macs: int | None
    seconds: float
    stored: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """The view of a plan. ``resolved`` is the plan itself, which ``Lab.submit`` stores as it stands; ``job_id``: an
    equal job.

    ``checked``: False where a method uses features and torch is not imported yet; ``Lab.submit`` then checks whether
    the method works for these networks.
    ``expected_seconds`` is for a machine that does nothing else; ``pace_known``: it comes from the measured pace of
    this machine, or of the device that trains; without one it is the CPU's. ``busy`` is the share (0 to 1) of its
    processors that other programs use now, None where unknown. ``too_long``: the error of ``Lab.submit`` where it takes
    more hours than this lab allows. ``notes``: warnings about settings that are valid and rarely intended.
    """

    resolved: JobPlan
    experiment: Experiment
    fingerprint: str
    teacher: str
    runs: tuple[PlannedRun, ...]
    expected_seconds: float
    job_id: str | None
    checked: bool = True
    pace_known: bool = True
    busy: float | None = None
    too_long: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class JobView:
    """One job at one moment. ``position``: 0 runs now, 1 is next; None is not in this queue.

    ``fraction`` is the share (0 to 1) of its work that is done, and never falls; ``late``: it takes longer than
    estimated. ``evaluated``: every network is trained, scored and stored; only latencies may be missing. ``title`` is
    its name, else its ``subject``: what it trains, in short.
    ``repeated_by``: where it failed, was stopped or interrupted, the id of the newest later job that is equal and
    waits, runs or is finished; else None.
    """

    id: str
    title: str
    state: str
    position: int | None
    experiment: Experiment
    error: str | None
    progress: Progress | None
    fraction: float
    evaluated: bool
    expected_seconds: float
    seconds_left: float | None
    submitted_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    late: bool = False
    repeated_by: str | None = None
    subject: str = ""
    name: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    events: tuple[Event, ...] = ()

    @property
    def time_left(self) -> str:
        """``seconds_left`` in words while it runs, else empty."""
        return time_left(self.seconds_left, late=self.late) if self.state == "running" else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadableJob:
    """A stored job that this lab cannot read; ``why``: the reason and a hint."""

    id: str
    title: str
    why: str
