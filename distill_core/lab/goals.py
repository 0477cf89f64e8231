"""The lab's searches for the largest network that keeps to a goal, in the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from distill_core.deployment.latency import measure_round
from distill_core.deployment.onnx_export import OnnxFile
from distill_core.deployment.rounds import COMPARED, SAME, LatencyRounds
from distill_core.deployment.server_measurement import Timer, quickly
from distill_core.deployment.untrained import untrained_file
from distill_core.errors import InvalidSetting
from distill_core.jobs.background_task import TaskControl, TaskStatus
from distill_core.jobs.measurement_lock import MeasurementLock
from distill_core.jobs.queue import JobQueue
from distill_core.jobs.shared_tasks import SharedTasks
from distill_core.jobs.torch_import import import_torch
from distill_core.machine import device_name, environment, resolve_precision
from distill_core.networks import taking
from distill_core.planning.teacher_sources import resolve_teacher
from distill_core.planning.teacher_sources.base import ResolvedTeacher
from distill_core.spec import fingerprint
from distill_core.store import Store
from distill_core.tasks import TaskCatalog
from distill_core.templates.compression_chain import CompressionChain
from distill_core.templates.goal import Candidate, Goal, Proposal, Timed, candidates, goal_chain
from distill_core.templates.goal_search import Scales, propose

# Proposals and refusals that are kept, the newest.
MOST_KEPT = 64
# Of a timing that something else disturbs.
MOST_TRIES = 3


class Goals:
    """Searches, one at a time; training is held while a candidate is weighed. Those who ask for the same limits, as
    visitors do who follow one link, share a search."""

    def __init__(
        self, store: Store, tasks: TaskCatalog, queue: JobQueue, measurement_lock: MeasurementLock, timer: Timer
    ) -> None:
        self._store = store
        self._tasks = tasks
        self._queue = queue
        self._timer = measurement_lock.exclusive(timer)
        self._quick = measurement_lock.exclusive(quickly)
        self._searches = SharedTasks("distill-goal")
        self._found: dict[str, Proposal | InvalidSetting] = {}

    def search(self, goal: Goal, asker: str = "") -> TaskStatus:
        """Look for the largest network in the background, after all searches that were asked for before. ``asker``: a
        name for ``stop``. Raises Stopped once the lab closes; InvalidSetting where too many searches wait."""
        title = "Finding the largest network that fits"
        return self._searches.start(_key(goal), asker, title, 1000, partial(self._search, goal))

    def searching(self, goal: Goal) -> TaskStatus | None:
        """The status of the running, waiting or last search for this goal; None before the first."""
        return self._searches.snapshot(_key(goal))

    def running(self) -> tuple[TaskStatus, ...]:
        """The status of the search that runs; those that wait for their turn are left out."""
        return self._searches.running()

    def stop(self, goal: Goal, asker: str = "") -> None:
        """End the search that this asker began; another asker of the same goes on."""
        self._searches.stop(_key(goal), asker)

    def stop_all(self) -> None:
        """End all searches. Idempotent."""
        self._searches.stop_all()

    def wait(self, goal: Goal, timeout_seconds: float) -> TaskStatus | None:
        """The status once the search for this goal has ended, or after the timeout."""
        return self._searches.wait(_key(goal), timeout_seconds)

    def found(self, goal: Goal) -> Proposal | None:
        """What a search found for this goal; None where there was none. Raises InvalidSetting for one out of reach."""
        answer = self._found.get(_key(goal))
        if isinstance(answer, InvalidSetting):
            raise answer
        return answer and replace(answer, goal=goal)

    def chain(self, proposal: Proposal) -> CompressionChain:
        """The pipeline that makes the proposed network. Raises DistillError for a teacher that is gone."""
        teacher = self._teacher(proposal.goal)
        return goal_chain(proposal.goal, proposal.chosen.candidate, teacher.blueprint)

    def close(self, timeout_seconds: float) -> None:
        """End all searches and refuse others; waits up to ``timeout_seconds``."""
        self._searches.close(timeout_seconds)

    def _teacher(self, goal: Goal) -> ResolvedTeacher:
        task = self._tasks.get(goal.task)
        return resolve_teacher(goal.teacher, task, resolve_precision("auto"), self._store.whole_run, self._tasks)

    def _search(self, goal: Goal, control: TaskControl) -> None:
        import_torch()
        task, teacher = self._tasks.get(goal.task), self._teacher(goal)
        one = teacher.blueprint if teacher.blueprint is not None and not teacher.blueprint.members else None
        offered = candidates(task, taking(task.input, task.target.positions), one)
        files: dict[Candidate, OnnxFile] = {}

        def report(done: int, title: str) -> None:
            control.report(round(1000 * done / max(1, len(offered))), title)
            control.checkpoint()

        def file(candidate: Candidate) -> OnnxFile:
            if candidate not in files:
                with self._queue.hold():
                    files[candidate] = untrained_file(candidate.blueprint, candidate.number_format)
            return files[candidate]

        def timed(timer: Timer, candidate: Candidate) -> Timed:
            known = self._measured(file(candidate).graph)
            if known is not None:
                return Timed(p50_ms=known)
            return self._timed(file(candidate).data, timer, control.checkpoint)

        scales = Scales(
            size_bytes=lambda candidate: len(file(candidate).data),
            roughly=lambda candidate: timed(self._quick, candidate),
            exactly=lambda candidate: timed(self._timer, candidate),
            report=report,
        )
        self._keep(goal, lambda: propose(goal, offered, scales))
        control.report(1000, "")

    def _timed(self, data: bytes, timer: Timer, checkpoint: Callable[[], None]) -> Timed:
        """The median latency of a file; a disturbed timing is repeated, and the least one counts. A quick one is
        approximate in any case."""
        threads, batch_size = COMPARED
        medians: list[float] = []
        for _ in range(MOST_TRIES):
            with self._queue.hold():
                (found,) = measure_round(
                    [data], threads=threads, batch_size=batch_size, checkpoint=checkpoint, timer=timer
                )
            medians.append(found.timing.p50_ms)
            if not found.timing.disturbed:
                return Timed(p50_ms=min(medians), approximate=timer is self._quick)
        return Timed(p50_ms=min(medians), approximate=True)

    def _keep(self, goal: Goal, work: Callable[[], Proposal]) -> None:
        """Keep the answer, a refusal too: it is told where the goal stands, and is no failure of the search."""
        try:
            answer: Proposal | InvalidSetting = work()
        except InvalidSetting as refusal:
            answer = refusal
        self._found[_key(goal)] = answer
        for oldest in list(self._found)[:-MOST_KEPT]:
            self._found.pop(oldest, None)

    def _measured(self, graph: str) -> float | None:
        """The stored latency of an equal graph on this machine, with its versions, as networks are compared; None where
        nothing was stored that was not disturbed, as ``_timed`` would repeat it."""
        here = environment()
        stored = self._store.measurements(graphs=[graph], device=device_name())
        same = (taken for taken in stored if all(taken.environment.get(name) == here.get(name) for name in SAME))
        taken = LatencyRounds(same).of([graph]).get(graph)
        return None if taken is None or taken.disturbed != "" else taken.p50_ms


def _key(goal: Goal) -> str:
    """Of what a search depends on: not of what is trained afterwards."""
    return fingerprint(goal.model_dump(mode="json", include={"task", "teacher", "most_bytes", "most_ms"}))
