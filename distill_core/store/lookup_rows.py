"""What a plan asks the store: which runs need not be trained again, who taught so far, and how fast this machine is."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from distill_core.errors import CorruptFile, NotFound
from distill_core.store import tables
from distill_core.store.artifact_rows import told
from distill_core.store.database import reading
from distill_core.store.records import LinkedRun, RunRecord
from distill_core.store.run_rows import UNREADABLE, RunRows, linked_run, linked_runs

__all__ = ["LookupRows"]

# A store may be shared, and a home copied: of another machine's seconds nothing follows for this one.
SAME_MACHINE = ("cpu", "threads")


class LookupRows(RunRows):
    """What the store knows of runs that were made before."""

    def whole_runs(self, fingerprints: Iterable[str]) -> dict[str, RunRecord]:
        """Those filed under these fingerprints that finished and have all their files: what need not be made again."""
        finished = {mark: run for mark, run in self.find_runs(fingerprints).items() if run.state == "finished"}
        lacking = self.lacking([run.id for run in finished.values()])
        return {mark: run for mark, run in finished.items() if run.id not in lacking}

    def whole_run(self, run_id: str) -> RunRecord:
        """As ``run``, with all files that it had. Raises NotFound, CorruptFile."""
        found = self.run(run_id)
        lacks = self.lacking([found.id]).get(found.id)
        if lacks is not None:
            raise CorruptFile(told(found.id, lacks))
        return found

    def shown_last(self, run_id: str) -> LinkedRun:
        """A run as the newest job knows it that shows it. Raises NotFound, CorruptFile."""
        with reading(self._pools) as connection:
            rows = connection.execute(linked_runs().where(tables.job_runs.c.run_id == run_id)).all()
        if not rows:
            raise NotFound(f"no experiment shows run {run_id!r}; it may have been deleted")
        found = linked_run(rows[-1])
        if found is None:
            raise CorruptFile(told(run_id, UNREADABLE))
        return found

    def teacher_fingerprints(self) -> list[str]:
        """Of all runs that teach in a job."""
        runs, linked = tables.runs.c, tables.job_runs.c
        query = select(runs.fingerprint).distinct().join(tables.job_runs, linked.run_id == runs.id)
        with reading(self._pools) as connection:
            return list(connection.scalars(query.where(linked.role == "teacher").order_by(runs.fingerprint)))

    def training_times(self, job_ids: Sequence[str], here: Mapping[str, Any]) -> list[tuple[float, int, int, int]]:
        """Of the networks of these jobs that trained on the machine whose environment is ``here``: seconds, updates,
        images a batch, and multiply-accumulates of one image."""
        runs, linked = tables.runs.c, tables.job_runs.c
        query = (
            select(runs.seconds, runs.updates, runs.batch_size, runs.macs, runs.environment)
            .join(tables.job_runs, linked.run_id == runs.id)
            .where(linked.job_id.in_(job_ids), linked.role != "teacher", runs.state == "finished", runs.updates > 0)
            .where(runs.batch_size.is_not(None), runs.macs.is_not(None))
        )
        with reading(self._pools) as connection:
            rows = connection.execute(query).all()
        return [
            (row.seconds, row.updates, row.batch_size, row.macs)
            for row in rows
            if isinstance(row.environment, dict)
            and all(row.environment.get(name) == here.get(name) for name in SAME_MACHINE)
        ]
