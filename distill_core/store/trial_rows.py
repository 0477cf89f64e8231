"""Trials in the database: how runs answer spoiled images."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from distill_core.errors import NotFound
from distill_core.store import tables
from distill_core.store.database import PATIENT_SECONDS, reading, writing
from distill_core.store.decoding import as_record
from distill_core.store.records import RobustnessScore
from distill_core.store.rows import MAX_BIND_PARAMETERS, Repository, to_row
from distill_core.store.unchanged import unchanged

__all__ = ["TrialRows"]


class TrialRows(Repository):
    """What the store knows of robustness."""

    def keep_trials(self, trials: Sequence[RobustnessScore]) -> None:
        """Keep them all or none; one of the same run, disturbance, strength and number of images takes the place of
        the one before. Raises NotFound where a run was deleted meanwhile."""
        columns = tables.trials.c
        with writing(self._pools, patience_seconds=PATIENT_SECONDS) as connection:
            expected = {one.run_id for one in trials}
            there = set(connection.scalars(select(tables.runs.c.id).where(tables.runs.c.id.in_(expected))))
            for gone in sorted(expected - there):
                raise NotFound(f"no run {gone!r}; it was deleted meanwhile")
            for one in trials:
                key = ("run_id", "disturbance", "strength", "images")
                same = [columns[name] == getattr(one, name) for name in key]
                connection.execute(delete(tables.trials).where(*same))
                connection.execute(insert(tables.trials).values(to_row(one)))

    @unchanged
    def trials(self, run_ids: Sequence[str], *, images: int | None = None) -> list[RobustnessScore]:
        """Those of these runs, by run, disturbance and strength; on so many images, or on any number."""
        columns = tables.trials.c
        query = select(tables.trials).order_by(columns.run_id, columns.disturbance, columns.strength, columns.images)
        query = query if images is None else query.where(columns.images == images)
        expected = set(run_ids)
        if len(expected) <= MAX_BIND_PARAMETERS:
            query = query.where(columns.run_id.in_(expected))
        with reading(self._pools) as connection:
            rows = [row for row in connection.execute(query) if row.run_id in expected]
        # One that cannot be read was not tried: it is lacking, and is tried again.
        return [one for row in rows if (one := as_record(RobustnessScore, row))]
