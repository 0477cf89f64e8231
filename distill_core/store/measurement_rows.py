"""Measurements in the database."""

from collections.abc import Sequence

from sqlalchemy import insert, select

from distill_core.store import tables
from distill_core.store.database import reading, writing
from distill_core.store.records import Measurement
from distill_core.store.rows import MANY, Rows, to_row

__all__ = ["MeasurementRows"]


class MeasurementRows(Rows):
    """What the store knows of latency."""

    def add_measurements(self, measurements: Sequence[Measurement]) -> None:
        """Keep them all or none; they get their ids here."""
        rows = [{name: value for name, value in to_row(one).items() if name != "id"} for one in measurements]
        if not rows:  # SQLAlchemy would insert one row of nothing
            return
        with writing(self._engine) as connection:
            connection.execute(insert(tables.measurements), rows)

    def measurements(
        self, *, run_ids: Sequence[str] | None = None, graph: str | None = None, device: str | None = None
    ) -> list[Measurement]:
        """Those of these runs, this graph and this device, in the order in which they were made."""
        columns = tables.measurements.c
        query = select(tables.measurements).order_by(columns.id)
        wanted = None if run_ids is None else set(run_ids)
        if wanted is not None and len(wanted) <= MANY:
            query = query.where(columns.run_id.in_(wanted))
        query = query if graph is None else query.where(columns.graph == graph)
        query = query if device is None else query.where(columns.device == device)
        with reading(self._engine) as connection:
            rows = connection.execute(query)
            return [Measurement(**row._mapping) for row in rows if wanted is None or row.run_id in wanted]
