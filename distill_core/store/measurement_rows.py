"""Rows of measurements."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, insert, or_, select

from distill_core.store import tables
from distill_core.store.database import reading, writing
from distill_core.store.decoding import as_record
from distill_core.store.pools import PATIENT_SECONDS
from distill_core.store.records import Measurement, Place
from distill_core.store.rows import MAX_BIND_PARAMETERS, Repository, to_row
from distill_core.store.unchanged import unchanged


class MeasurementRows(Repository):
    def add_measurements(self, measurements: Sequence[Measurement]) -> None:
        """Insert all measurements or none; the database assigns their ids."""
        with writing(self._pools, patience_seconds=PATIENT_SECONDS) as connection:
            insert_measurements(connection, measurements)

    @unchanged
    def measurements(self, *, graphs: Sequence[str] | None = None, device: str | None = None) -> list[Measurement]:
        """The measurements of these graphs and this device (None: all), the oldest first. A row that cannot be read
        counts as not measured."""
        columns = tables.measurements.c
        query = select(tables.measurements).order_by(columns.id)
        wanted = None if graphs is None else set(graphs)
        if wanted is not None and len(wanted) <= MAX_BIND_PARAMETERS:
            query = query.where(columns.graph.in_(wanted))
        query = query if device is None else query.where(columns.device == device)
        with reading(self._pools) as connection:
            rows = [row for row in connection.execute(query) if wanted is None or row.graph in wanted]
            return [taken for row in rows if (taken := as_record(Measurement, row))]

    @unchanged
    def disturbed_graphs(self, device: str) -> list[str]:
        """The graphs with a disturbed measurement on this device, and the graphs of those measurements' rounds."""
        columns = tables.measurements.c
        here, disturbed = columns.device == device, columns.disturbed != ""
        rounds = select(columns.round_id).where(here, disturbed, columns.round_id.is_not(None))
        query = select(columns.graph).distinct().where(here, or_(disturbed, columns.round_id.in_(rounds)))
        with reading(self._pools) as connection:
            return list(connection.scalars(query.order_by(columns.graph)))

    @unchanged
    def newest_measurements(
        self, graphs: Sequence[str] | None = None, *, of: tuple[Place, str] | None = None
    ) -> list[Measurement]:
        """The newest measurement of each device, graph, provider, number of threads, batch size and precision.

        Restricted to ``graphs``, and with ``of`` to one device: a server by its description, a browser by its id.
        """
        columns = tables.measurements.c
        source = func.coalesce(columns.device_id, columns.device)
        same = (columns.place, source, columns.graph, columns.provider, columns.threads, columns.batch_size)
        newest = select(func.max(columns.id)).group_by(*same, columns.precision)
        if of is not None:
            newest = newest.where(columns.place == of[0], source == of[1])
        wanted = None if graphs is None else set(graphs)
        if wanted is not None and len(wanted) <= MAX_BIND_PARAMETERS:
            newest = newest.where(columns.graph.in_(wanted))
        query = select(tables.measurements).where(columns.id.in_(newest)).order_by(columns.id)
        with reading(self._pools) as connection:
            rows = [row for row in connection.execute(query) if wanted is None or row.graph in wanted]
            return [taken for row in rows if (taken := as_record(Measurement, row))]


def insert_measurements(connection: Connection, measurements: Sequence[Measurement]) -> None:
    rows = [{name: value for name, value in to_row(taken).items() if name != "id"} for taken in measurements]
    if rows:  # SQLAlchemy would insert an empty row
        connection.execute(insert(tables.measurements), rows)
