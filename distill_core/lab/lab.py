"""The lab: everything that a page or a shell may ask for, and nothing else."""

import math
import os
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from distill_core import clock
from distill_core.deployment.remeasuring import Remeasuring
from distill_core.deployment.server_measurement import Timer, measure, quickly
from distill_core.errors import START_AGAIN, CorruptFile, InvalidSetting, NotFound, Stopped
from distill_core.events import Event, Progress
from distill_core.execution.context import JobContext
from distill_core.execution.job import run_job
from distill_core.execution.losses import check_pairs, needs_pairs
from distill_core.execution.pace_measurement import is_measured, machine_pace, measure_pace
from distill_core.experiment import Experiment
from distill_core.jobs import (
    CLOSING_SECONDS,
    Heartbeat,
    JobControl,
    JobQueue,
    OtherProgramsLoad,
    TaskStatus,
    WorkerPool,
    close_at_exit,
)
from distill_core.jobs.torch_import import import_torch, is_torch_imported
from distill_core.lab.chains import Chains
from distill_core.lab.devices import Devices
from distill_core.lab.reports import Results
from distill_core.lab.robustness import Robustness
from distill_core.lab.views import JobView, Plan, PlannedRun, UnreadableJob
from distill_core.machine import available_threads
from distill_core.methods import METHODS, Method
from distill_core.networks import ARCHITECTURES, Architecture, profile
from distill_core.planning.duration import expected_seconds, speed_factor, training_seconds
from distill_core.planning.job_plan import resolve
from distill_core.planning.limit import most_hours, too_long
from distill_core.planning.progress import MEASURING
from distill_core.planning.stored_plan import plan_of_job, to_json
from distill_core.planning.stored_runs import StoredRuns, find_stored_runs
from distill_core.planning.teacher import TeacherOption, teacher_options
from distill_core.reports import experiment_of, is_readable
from distill_core.reports.description import describe_experiment, notes, title
from distill_core.store import BEAT_SECONDS, OPEN_STATES, JobRecord, JobState, Store
from distill_core.tasks import TASKS, Task
from distill_core.templates.grid import GridSpec, grid_experiment
from distill_core.templates.method_comparison import MethodComparison, comparable_methods, comparison_experiment
from distill_core.templates.presets import (
    LESSONS,
    PRESETS,
    Preset,
    default_experiment,
    first_experiment,
)
from distill_core.training.precision import use_one_thread

__all__ = ["Lab", "home_of"]

# Long enough for the first page to be drawn: loading torch would slow it down.
WARM_UP_AFTER_SECONDS = 4.0
# Between two looks at a job that another lab works on.
OTHERS_SECONDS = 0.5
# How many times as much work as a typical network the largest one takes (ResNet-32×4: 331).
LARGEST_OF_TYPICAL = 400
ROW = "its row in the database cannot be read; delete it"
DEFAULT_HOME = Path(__file__).resolve().parents[2] / "distill_home"


def home_of(chosen: Path | None = None) -> Path:
    """The lab's home: the one that is chosen, else that of ``DISTILL_HOME``, else a folder beside the project."""
    return chosen or Path(os.environ.get("DISTILL_HOME") or DEFAULT_HOME)


class Lab(Devices, Robustness, Chains, Results):
    """One home, one store, one queue. Any number of pages may ask at once."""

    def __init__(self, home: Path, store: Store, *, timer: Timer = measure, limit_hours: float = math.inf) -> None:
        super().__init__()
        self.home = home
        self._timer = timer
        self._limit_hours = limit_hours
        self._store = store
        self._pool = WorkerPool(available_threads(), initializer=use_one_thread)
        self._queue = JobQueue(self._execute, self._note_state, prepare=import_torch, idle=self._idle)
        self._heartbeat = Heartbeat(self._beat, BEAT_SECONDS)
        self._others = OtherProgramsLoad()
        self._remeasuring = Remeasuring()
        self._warm = False
        self._lost = False
        close_at_exit(self)

    @classmethod
    def open(cls, home: Path | None = None, *, timer: Timer = measure) -> Self:
        """Open the lab in ``home``, by default in ``home_of()``.

        ``timer`` measures latency; the default takes the two seconds that the lab's definition asks for.

        Raises: StorageFailed where the folder or the database cannot be used; InvalidSetting where
        ``DISTILL_MAX_HOURS`` is no limit.
        """
        chosen, limit_hours = home_of(home), most_hours()
        store = Store.open(chosen)
        try:
            store.sweep()
        except BaseException:
            store.close()
            raise
        return cls(chosen, store, timer=timer, limit_hours=limit_hours)

    def close(self, timeout_seconds: float = CLOSING_SECONDS) -> None:
        """End the worker, what is measured, and the store; may be called twice.

        What runs or waits is stored as interrupted at once; then whatever is under way is waited for, up to so long
        in all.
        """
        ends = time.monotonic() + timeout_seconds

        def left() -> float:
            return max(0.0, ends - time.monotonic())

        self.interrupt()
        self._queue.close(left())
        self._heartbeat.close(left())
        self._background_task.close(left())
        self._trying.close(left())
        self._triers.close()
        self._pool.close()
        self._store.close()

    def interrupt(self) -> None:
        """Store what runs or waits as interrupted, and end it at its next checkpoint; what is measured ends as well.
        Nothing is waited for, and nothing begins any more."""
        self._background_task.stop()  # it may wait for the queue
        self._trying.stop()
        self._queue.close(0.0)

    def warm_up(self) -> None:
        """Load what training needs and measure how fast this machine trains, in the background; returns at once. Again
        changes nothing."""
        self._warm = True
        self._queue.warm_up(WARM_UP_AFTER_SECONDS)

    @property
    def pace_known(self) -> bool:
        """Whether this machine's own pace is measured, which the warm-up does: until then times are a guess."""
        return is_measured()

    def busy(self) -> float | None:
        """The share of this machine's processors that other programs use now, 0 to 1; None where that is not known."""
        return self._others.share()

    def background_tasks(self) -> tuple[TaskStatus, ...]:
        """What loads this machine beside the queue: measuring, for the first time or again, and testing robustness."""
        views = (self.measuring(), self._remeasuring.view, self.testing())
        return tuple(view for view in views if view is not None and not view.finished)

    # Choices

    def tasks(self) -> tuple[Task, ...]:
        return tuple(TASKS)

    def architectures(self) -> tuple[Architecture, ...]:
        return tuple(ARCHITECTURES)

    def methods(self) -> tuple[Method, ...]:
        return tuple(METHODS)

    def teachers(self, task: str) -> tuple[TeacherOption, ...]:
        """Who can teach a task. Raises UnknownName."""
        return teacher_options(TASKS.get(task))

    def presets(self) -> tuple[Preset, ...]:
        return PRESETS

    def classes(self, task: str) -> tuple[str, ...]:
        return TASKS.get(task).classes

    def lessons(self) -> tuple[Preset, ...]:
        return LESSONS

    def first_experiment(self, task: str) -> Experiment:
        """The smallest comparison that makes a teacher and students answer a task. Raises UnknownName."""
        return first_experiment(TASKS.get(task), self.teachers(task)[0].choice)

    def default_experiment(self, seeds: int = 1) -> Experiment:
        return default_experiment(seeds)

    def grid_experiment(self, sweep: GridSpec) -> Experiment:
        """A grid of temperatures and alphas as an experiment. Raises InvalidSetting."""
        return grid_experiment(sweep)

    def comparable_methods(self) -> tuple[Method, ...]:
        """The methods that can be raced; KD and the control always run along."""
        return comparable_methods()

    def comparison_experiment(self, race: MethodComparison) -> Experiment:
        """Methods at their defaults beside KD as an experiment. Raises UnknownName, InvalidSetting."""
        return comparison_experiment(race)

    # Jobs

    def plan(self, experiment: Experiment) -> Plan:
        """What submitting would do. Raises DistillError for whatever cannot work."""
        return self._plan(self._resolve(experiment))

    def _resolve(self, experiment: Experiment) -> StoredRuns:
        return find_stored_runs(resolve(experiment, self._store), self._store)

    def _plan(self, found: StoredRuns) -> Plan:
        plan, there, known = found.plan, found.students, is_torch_imported()
        full, teacher = plan.experiment, plan.teacher
        shown = {link.run_id for link in found.links()}
        job = self._store.find_job(plan.fingerprint, shown, lacks_runs=found.lacks_runs)
        machine = machine_pace()
        slow = speed_factor(self._store, machine)
        if known:
            check_pairs(plan.runs)
        find = found.teachers.get
        expected = expected_seconds(full, teacher, plan.runs, there, slow, find, machine, found.latencies)
        return Plan(
            experiment=full,
            fingerprint=plan.fingerprint,
            teacher=teacher.title,
            runs=tuple(
                PlannedRun(
                    student=one.student.name,
                    role=one.role,
                    seed=one.seed,
                    parameters=profile(one.blueprint).parameters if known else None,
                    macs=profile(one.blueprint).macs if known else None,
                    seconds=slow * training_seconds(full, one.blueprint, machine) if one.trains else 0.0,
                    stored=there[one.key] is not None,
                )
                for one in plan.runs
            ),
            sentences=describe_experiment(full, teacher),
            expected_seconds=expected,
            pace_known=machine.measured,
            busy=self.busy(),
            job_id=job.id if job else None,
            checked=known or not needs_pairs(plan.runs),
            too_long=None if job else too_long(expected, self._limit_hours),
            notes=notes(full),
        )

    def submit(self, experiment: Experiment) -> str:
        """Queue an experiment and return at once; an equal one that waits, runs or is finished is answered instead.

        A finished one is no answer where a run of it failed or lacks a file: that is trained again. Where a method on
        features is asked for before torch is there, or that might be much work, this waits for it: what cannot work, or
        takes longer than this lab allows, is never filed.
        Raises: DistillError for whatever cannot work.
        """
        self._queue.retry_state_writes()
        found = self._resolve(experiment)
        if not is_torch_imported() and (needs_pairs(found.plan.runs) or self._may_be_long(self._plan(found))):
            import_torch()
        plan = self._plan(found)
        if plan.too_long:
            raise InvalidSetting(plan.too_long)
        record = JobRecord(
            id=uuid.uuid4().hex[:16],
            fingerprint=plan.fingerprint,
            title=title(plan.experiment),
            specification=plan.experiment.to_json(),
            state=JobState.QUEUED,
            error=None,
            owner=self._store.lab_id,
            expected_seconds=plan.expected_seconds,
            submitted_at=clock.now(),
        )
        filed = self._store.add_job(record, found.links(), lacks_runs=found.lacks_runs, plan=to_json(found.plan))
        if filed.id == record.id:
            self._enqueue(record.id)
        return filed.id

    def _may_be_long(self, plan: Plan) -> bool:
        """Before torch counts, every network is taken for a small one."""
        return plan.job_id is None and plan.expected_seconds > 3600 * self._limit_hours / LARGEST_OF_TYPICAL

    def job(self, job_id: str) -> JobView:
        """One job with all its events. Raises NotFound."""
        return self._view(self._store.job(job_id), self._queue.events(job_id))

    def wait(self, job_id: str, timeout_seconds: float) -> JobView:
        """The job once it has ended, or as it is after so many seconds. Raises NotFound."""
        ends = time.monotonic() + timeout_seconds
        while (
            self._queue.wait(job_id, ends - time.monotonic())
            and self._told(self._store.job(job_id)).state in OPEN_STATES
        ):
            left = ends - time.monotonic()
            if left <= 0:
                break
            time.sleep(min(left, OTHERS_SECONDS))  # of another lab, which tells nothing here
        return self.job(job_id)

    def shown_in(self, run_id: str) -> JobView:
        """The newest job that shows a run. Raises NotFound, CorruptFile."""
        return self.job(self._store.shown_last(run_id).job_id)

    def jobs(self, limit: int = 20, *, words: str = "") -> tuple[JobView, ...]:
        """The newest jobs, or the newest with all these words in their title; without their events, and without those
        of ``unreadable_jobs``."""
        readable = filter(is_readable, self._store.jobs(limit=limit, words=words))
        return tuple(self._view(record, self._queue.events(record.id)) for record in readable)

    def unreadable_jobs(self, limit: int = 20) -> tuple[UnreadableJob, ...]:
        """Those among the newest jobs that cannot be read, and why; they can be deleted."""
        rows = [UnreadableJob(id=job_id, title=name, why=ROW) for job_id, name in self._store.unreadable_jobs(limit)]
        records = [record for record in self._store.jobs(limit=limit) if not is_readable(record)]
        return *rows, *(UnreadableJob(id=one.id, title=one.title, why=_why_unreadable(one)) for one in records)

    def queue(self) -> tuple[JobView, ...]:
        """What runs and what waits, in the order in which it will be done."""
        jobs = filter(is_readable, self._store.jobs(limit=None, states=OPEN_STATES))
        in_turn = [*jobs][::-1]  # those of other labs as they were filed
        views = [self._view(job, self._queue.events(job.id)) for job in in_turn if self._told(job).state in OPEN_STATES]
        return tuple(sorted(views, key=lambda view: (view.position is None, view.position or 0)))

    def pause(self, job_id: str) -> None:
        self._queue.pause(self._own(job_id))

    def resume(self, job_id: str) -> None:
        self._queue.resume(self._own(job_id))

    def stop(self, job_id: str) -> None:
        """End a job; its finished runs stay."""
        self._queue.stop(self._own(job_id))

    def restart(self, job_id: str) -> str:
        """Submit a job's specification again; runs that are finished are not trained twice."""
        return self.submit(experiment_of(self._store.job(job_id)))

    def delete(self, job_id: str) -> None:
        """Forget a job and the runs that no other job shows.

        Raises: NotFound; InvalidSetting while it is open, or while an open job is taught by one of these runs.
        """
        self._queue.retry_state_writes()
        if self._store.is_open(job_id):
            raise InvalidSetting("deleting a job", expected="one that ended", got="an open one", hint="stop it")
        self._store.delete_job(job_id)

    def with_finished(self, job_ids: Sequence[str], *, students: bool = False) -> set[str]:
        """Those of these jobs that have a finished network, or a finished student."""
        return self._store.with_finished(job_ids, students=students)

    def count_runs(self, job_ids: Sequence[str]) -> int:
        """How many runs these jobs show by now."""
        return self._store.count_runs(job_ids)

    def specification(self, job_id: str) -> str:
        """The complete specification of a job, as JSON."""
        return self._store.job(job_id).specification

    # The worker's side

    def _idle(self, checkpoint: Callable[[], None]) -> float | None:
        # A shell's command ends with its job: only a server has somebody who will ask how long the next one takes.
        if not (self._warm and is_torch_imported()):
            return None
        measure_pace(checkpoint)
        return self._remeasuring(self._store, checkpoint, self._measurement_lock.exclusive(self._timer), self.busy)

    def _execute(self, job_id: str, work: JobControl) -> None:
        run_job(
            job_id,
            plan_of_job(job_id, experiment_of(self._store.job(job_id)), self._store),
            JobContext(
                store=self._store,
                home=self.home,
                sink=work.log,
                checkpoint=work.checkpoint,
                timer=self._measurement_lock.exclusive(self._timer, lambda: work.waits),
                quick=self._measurement_lock.exclusive(quickly, lambda: work.waits),
                run_parallel=self._pool,
                clock=work.clock,
            ),
        )

    def _own(self, job_id: str) -> str:
        """The job's id. Raises NotFound, or InvalidSetting where another lab has it in its queue."""
        self._queue.retry_state_writes()
        # In this order: a job's end is told before it leaves the queue.
        if self._queue.position(job_id) is None and self._store.job(job_id).state in OPEN_STATES:
            expected = "a job of this lab's queue"
            hint = f"do it there, or close that lab and {START_AGAIN}"
            raise InvalidSetting("this job", expected=expected, got="one of another lab", hint=hint)
        return job_id

    def _enqueue(self, job_id: str) -> None:
        try:
            self._queue.submit(job_id)
        except Stopped as error:
            self._store.set_job_state(job_id, JobState.INTERRUPTED, error=str(error))
            raise

    def _note_state(self, job_id: str, state: str, error: str | None) -> None:
        if not self._store.set_job_state(job_id, JobState(state), error=error):
            self._queue.abandon(job_id)

    def _beat(self) -> None:
        """Tell that this lab lives, and look after what labs that do not have left open."""
        # It is said once; where the look at the jobs fails, the next heartbeat has to look.
        self._lost = not self._store.beat() or self._lost
        if self._lost:
            for job_id in self._queue.job_ids():
                if self._is_lost(job_id):
                    self._queue.abandon(job_id)
            self._lost = False
        self._store.mark_interrupted()
        self._queue.retry_state_writes()

    def _is_lost(self, job_id: str) -> bool:
        """Whether another lab closed this job, as while this machine slept; it may train the same runs by now."""
        try:
            return self._store.job(job_id).state not in OPEN_STATES
        except NotFound:
            return True

    def _told(self, record: JobRecord) -> JobRecord:
        """The job as it is, also where the disk is full and its state could not be written yet."""
        told = self._queue.unsaved_state(record.id)
        return record if told is None else replace(record, state=JobState(told[0]), error=told[1])

    def _repeated_by(self, record: JobRecord) -> str | None:
        done = record.state in (*OPEN_STATES, JobState.FINISHED)
        return None if done else self._store.repeated([record.id]).get(record.id)

    def _view(self, record: JobRecord, events: tuple[Event, ...]) -> JobView:
        record = self._told(record)
        progress = next((event for event in reversed(events) if isinstance(event, Progress)), None)
        elapsed = self._queue.running_seconds(record.id)
        if elapsed is None:  # of another lab, which has a monotonic clock of its own
            elapsed = clock.seconds_since(record.started_at)
        since_said = self._queue.running_seconds(record.id, progress.said_at) if progress else None
        left = _seconds_left(record, progress, elapsed, since_said or 0.0)
        late = progress.late if progress else False
        return JobView(
            id=record.id,
            title=record.title,
            state=record.state.value,
            position=self._queue.position(record.id),
            experiment=experiment_of(record),
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
            events=events,
        )


def _why_unreadable(record: JobRecord) -> str:
    try:
        experiment_of(record)
    except CorruptFile as error:
        return str(error)
    return ""  # it can be read


def _seconds_left(record: JobRecord, progress: Progress | None, elapsed: float, since_said: float) -> float | None:
    if record.state not in OPEN_STATES:
        return None
    if progress is None:  # as of a job of another lab, whose events are not here
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
