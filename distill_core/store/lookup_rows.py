"""Look-ups for planning: reusable runs, fingerprints of earlier teachers, and training times of this machine."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, exists, func, select

from distill_core.errors import CorruptFile, NotFound, said
from distill_core.store import tables
from distill_core.store.artifact_rows import file_problem
from distill_core.store.database import reading
from distill_core.store.decoding import as_record
from distill_core.store.records import OPEN_STATES, LinkedRun, RunRecord, TrainingTime
from distill_core.store.run_rows import RunRows, linked_run, linked_runs, readable, run_record
from distill_core.store.unchanged import unchanged

# Environment keys of a machine: a store may be shared, and another machine's seconds do not apply here.
SAME_MACHINE = ("cpu", "threads", "device")


class LookupRows(RunRows):
    def whole_runs(self, fingerprints: Collection[str]) -> dict[str, RunRecord]:
        """Finished runs with all their files, by fingerprint: they need not be trained again."""
        finished = {key: run for key, run in self.find_runs(fingerprints).items() if run.state == "finished"}
        lacking = self.lacking([run.id for run in finished.values()])
        return {key: run for key, run in finished.items() if run.id not in lacking}

    def whole_run(self, run_id: str) -> RunRecord:
        """``run(run_id)`` where all its files are whole. Raises NotFound, CorruptFile."""
        run = self.run(run_id)
        lacks = self.lacking([run.id]).get(run.id)
        if lacks is not None:
            raise CorruptFile(file_problem(run.id, lacks))
        return run

    @unchanged
    def shown_last(self, run_id: str) -> LinkedRun:
        """A run as the newest job shows it. Raises NotFound, CorruptFile."""
        newest = linked_runs().where(tables.job_runs.c.run_id == run_id).order_by(None)
        with reading(self._pools) as connection:
            row = connection.execute(newest.order_by(tables.jobs.c.filed.desc()).limit(1)).first()
        if row is None:
            raise NotFound(said("no experiment shows run {run_id!r}; it may have been deleted", run_id))
        return readable(linked_run(row), run_id)

    @unchanged
    def showing(self, run_id: str) -> list[str]:
        """The ended jobs that show a run, the oldest first."""
        jobs, linked = tables.jobs.c, tables.job_runs.c
        query = select(jobs.id).join(tables.job_runs, linked.job_id == jobs.id).order_by(jobs.filed)
        with reading(self._pools) as connection:
            return [*connection.scalars(query.where(linked.run_id == run_id, jobs.state.not_in(OPEN_STATES)))]

    @unchanged
    def newest_runs(self, task: str, *, teach: bool, limit: int) -> list[RunRecord]:
        """The newest ``limit`` finished runs of a task that a job shows as its teacher (``teach``), or as a student or
        control; the newest first."""
        runs, linked = tables.runs.c, tables.job_runs.c
        role = linked.role == "teacher" if teach else linked.role != "teacher"
        query = (
            select(tables.runs)
            .where(runs.state == "finished", runs.task == task, exists().where(linked.run_id == runs.id, role))
            .order_by(runs.filed.desc())
            .limit(limit)
        )
        with reading(self._pools) as connection:
            return [run for row in connection.execute(query) if (run := run_record(row))]

    @unchanged
    def with_finished(self, job_ids: Sequence[str], *, students: bool = False) -> set[str]:
        """The ids of those jobs that show a finished run, or with ``students`` a finished student."""
        runs, linked = tables.runs.c, tables.job_runs.c
        query = select(linked.job_id).distinct().join(tables.runs, runs.id == linked.run_id)
        query = query.where(linked.job_id.in_(job_ids), runs.state == "finished")
        with reading(self._pools) as connection:
            return set(connection.scalars(query.where(linked.role == "student") if students else query))

    @unchanged
    def count_runs(self, job_ids: Sequence[str]) -> int:
        """The number of runs that these jobs show; a run counts once for each job."""
        linked = tables.job_runs.c
        query = select(func.count()).select_from(tables.job_runs).where(linked.job_id.in_(job_ids))
        with reading(self._pools) as connection:
            return int(connection.scalar(query) or 0)

    @unchanged
    def teacher_fingerprints(self, task: str) -> list[str]:
        """The fingerprints of all runs of a task that teach in a job."""
        runs, linked = tables.runs.c, tables.job_runs.c
        query = select(runs.fingerprint, runs.task).distinct().join(tables.job_runs, linked.run_id == runs.id)
        # The task is filtered in Python: in SQL, SQLite would scan all runs of the task instead of the teachers.
        with reading(self._pools) as connection:
            rows = connection.execute(query.where(linked.role == "teacher").order_by(runs.fingerprint))
            return [row.fingerprint for row in rows if row.task == task]

    def training_times(self, job_ids: Sequence[str], here: Mapping[str, Any]) -> list[TrainingTime]:
        """Training times of these jobs' networks on the machine whose environment is ``here``."""
        runs, linked = tables.runs.c, tables.job_runs.c
        query: Select[Any] = (
            select(
                *(runs.seconds, runs.processor_seconds, runs.updates, runs.batch_size, runs.macs, runs.architecture),
                runs.environment,
            )
            .join(tables.job_runs, linked.run_id == runs.id)
            .where(linked.job_id.in_(job_ids), linked.role != "teacher", runs.state == "finished", runs.updates > 0)
            .where(runs.batch_size > 0, runs.macs > 0)
        )
        with reading(self._pools) as connection:
            rows = connection.execute(query).all()
        return [
            time
            for row in rows
            if isinstance(row.environment, dict)
            and all(row.environment.get(name) == here.get(name) for name in SAME_MACHINE)
            and (time := as_record(TrainingTime, row))
        ]
