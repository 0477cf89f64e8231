"""Views of jobs: their rows in the store with the state of the queue."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from distill_core import clock
from distill_core.errors import DistillError
from distill_core.events import Progress
from distill_core.jobs.queue import JobQueue
from distill_core.lab.job_events import JobEvents
from distill_core.lab.views import JobView
from distill_core.planning.progress import MEASURING
from distill_core.reports.description import title
from distill_core.reports.readable import experiment_of, is_readable
from distill_core.spec import Experiment
from distill_core.store import OPEN_STATES, JobRecord, JobSearch, JobState, Store
from distill_core.store.naming import tags_of
from distill_core.tasks import Tasks

# Specifications that are read to find those of a kind.
MOST_ASKED = 1_000


class JobViews:
    """Makes the ``JobView`` of a ``JobRecord``."""

    def __init__(self, store: Store, queue: JobQueue, events: JobEvents, tasks: Tasks) -> None:
        self._store = store
        self._queue = queue
        self._events = events
        self._tasks = tasks
        self._titles: dict[str, str] = {}

    def is_open(self, record: JobRecord) -> bool:
        return self._current(record).state in OPEN_STATES

    def newest(
        self,
        limit: int,
        search: JobSearch,
        states: Sequence[JobState] | None,
        skip: int,
        fits: Callable[[Experiment], bool] | None,
    ) -> tuple[JobView, ...]:
        """See ``Lab.jobs``."""
        some = (limit, skip) if fits is None else (MOST_ASKED, 0)
        found = (job for job in self._store.jobs(some[0], states, search=search, skip=some[1]))
        readable: Iterator[JobRecord] = (job for job in found if is_readable(job, self._tasks))
        if fits is not None:
            readable = islice((job for job in readable if fits(experiment_of(job, self._tasks))), skip, skip + limit)
        return tuple(map(self.of, readable))

    def open_jobs(self) -> tuple[JobView, ...]:
        """See ``Lab.queue``."""
        jobs = [job for job in self._store.jobs(limit=None, states=OPEN_STATES) if is_readable(job, self._tasks)]
        views = [self.of(job) for job in jobs[::-1] if self.is_open(job)]  # as they were filed
        return tuple(sorted(views, key=lambda view: (view.position is None, view.position or 0)))

    def of(self, record: JobRecord) -> JobView:
        """The job with all its events. Raises CorruptFile where its specification cannot be read."""
        record = self._current(record)
        events = self._events.of(record.id, is_open=record.state in OPEN_STATES)
        progress = next((event for event in reversed(events) if isinstance(event, Progress)), None)
        elapsed = self._queue.running_seconds(record.id)
        if elapsed is None:  # of another lab, which has a monotonic clock of its own
            elapsed = clock.seconds_since(record.started_at)
        since_said = self._queue.running_seconds(record.id, progress.reported_at) if progress else None
        left = _seconds_left(record, progress, elapsed, since_said or 0.0)
        late = progress.late if progress else False
        experiment = experiment_of(record, self._tasks)
        subject = self._subject(record, experiment)
        return JobView(
            id=record.id,
            title=record.name or subject,
            state=record.state.value,
            position=self._queue.position(record.id),
            experiment=experiment,
            error=record.error,
            progress=progress,
            fraction=_fraction(record, progress, elapsed),
            evaluated=record.state == JobState.FINISHED or (progress is not None and progress.stage == MEASURING),
            expected_seconds=record.expected_seconds,
            seconds_left=left,
            submitted_at=record.submitted_at,
            started_at=record.started_at,
            finished_at=record.finished_at,
            late=late or (left is not None and left <= 0),
            repeated_by=self._repeated_by(record),
            subject=subject,
            name=record.name,
            tags=tags_of(record.tags),
            note=record.note,
            events=events,
        )

    def _subject(self, record: JobRecord, experiment: Experiment) -> str:
        """The title, with its template where the lab calls the experiment so today."""
        if record.id not in self._titles:
            try:
                made: str = title(experiment)
            except DistillError:  # of networks that this lab does not know
                made = record.title
            self._titles[record.id] = made if made == record.title else record.title
        return self._titles[record.id]

    def _current(self, record: JobRecord) -> JobRecord:
        """The record with its newest state, also where the disk is full and the state could not be written yet."""
        unsaved = self._queue.unsaved_state(record.id)
        return record if unsaved is None else replace(record, state=JobState(unsaved[0]), error=unsaved[1])

    def _repeated_by(self, record: JobRecord) -> str | None:
        done = record.state in (*OPEN_STATES, JobState.FINISHED)
        return None if done else self._store.repeated([record.id]).get(record.id)


def _seconds_left(record: JobRecord, progress: Progress | None, elapsed: float, since_said: float) -> float | None:
    if record.state not in OPEN_STATES:
        return None
    if progress is None:  # as of a job of another lab, before its first is read
        return max(0.0, record.expected_seconds - (elapsed if record.state == JobState.RUNNING else 0.0))
    return None if progress.seconds_left is None else max(0.0, progress.seconds_left - since_said)


def _fraction(record: JobRecord, progress: Progress | None, elapsed: float) -> float:
    if record.state == JobState.FINISHED:
        return 1.0
    share = 0.0
    if progress is not None:
        share = progress.fraction
    elif record.state == JobState.RUNNING and record.expected_seconds > 0:  # as of a job of another lab
        share = elapsed / record.expected_seconds
    return min(max(share, 0.0), 0.99) if math.isfinite(share) else 0.0
