"""Rows of robustness scores, in the table ``trials``."""

from collections.abc import Sequence

from sqlalchemy import delete, func, insert, select

from distill_core.errors import NotFound, said
from distill_core.store import tables
from distill_core.store.database import reading, writing
from distill_core.store.decoding import as_record
from distill_core.store.pools import PATIENT_SECONDS
from distill_core.store.records import RobustnessScore
from distill_core.store.rows import MAX_BIND_PARAMETERS, Repository, to_row
from distill_core.store.unchanged import unchanged


class RobustnessRows(Repository):
    def keep_robustness_scores(self, scores: Sequence[RobustnessScore]) -> None:
        """Store all scores or none; a score replaces the one of the same run, disturbance, strength and number of
        images. Raises NotFound where a run was deleted meanwhile."""
        columns = tables.trials.c
        with writing(self._pools, patience_seconds=PATIENT_SECONDS) as connection:
            wanted = {score.run_id for score in scores}
            stored = set(connection.scalars(select(tables.runs.c.id).where(tables.runs.c.id.in_(wanted))))
            for gone in sorted(wanted - stored):
                raise NotFound(said("no run {gone!r}; it was deleted meanwhile", gone))
            for score in scores:
                key = ("run_id", "disturbance", "strength", "images")
                same = [columns[name] == getattr(score, name) for name in key]
                connection.execute(delete(tables.trials).where(*same))
                connection.execute(insert(tables.trials).values(to_row(score)))

    @unchanged
    def robustness_scores(self, run_ids: Sequence[str], *, images: int | None = None) -> list[RobustnessScore]:
        """The scores of these runs on ``images`` images (None: any number), sorted by run, disturbance, strength."""
        columns = tables.trials.c
        query = select(tables.trials).order_by(columns.run_id, columns.disturbance, columns.strength, columns.images)
        query = query if images is None else query.where(columns.images == images)
        wanted = set(run_ids)
        if len(wanted) <= MAX_BIND_PARAMETERS:
            query = query.where(columns.run_id.in_(wanted))
        with reading(self._pools) as connection:
            rows = [row for row in connection.execute(query) if row.run_id in wanted]
        # An unreadable score counts as missing, and is computed again.
        return [score for row in rows if (score := as_record(RobustnessScore, row))]

    @unchanged
    def robustness_version(self, run_ids: Sequence[str]) -> tuple[object, ...]:
        """What changes whenever a score of these runs is new, gone or made again."""
        columns = tables.trials.c
        sums = (func.sum(columns.accuracy), func.sum(columns.nll_nats))
        query = select(columns.run_id, func.count(), func.max(columns.created_at), *sums)
        wanted = set(run_ids)
        if len(wanted) <= MAX_BIND_PARAMETERS:
            query = query.where(columns.run_id.in_(wanted))
        with reading(self._pools) as connection:
            found = connection.execute(query.group_by(columns.run_id).order_by(columns.run_id))
            return tuple(tuple(row) for row in found if row.run_id in wanted)
