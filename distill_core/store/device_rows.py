"""Rows of devices and of their browsers' measurements, with bounds, since anyone on the network may send them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from distill_core.store import tables
from distill_core.store.database import reading, writing
from distill_core.store.decoding import as_record
from distill_core.store.measurement_rows import insert_measurements
from distill_core.store.records import Device, Measurement
from distill_core.store.rows import Repository, next_place, to_row
from distill_core.store.unchanged import unchanged

MOST_DEVICES = 500
MOST_MEASUREMENTS = 2_000  # of one device


class DeviceRows(Repository):
    @unchanged
    def devices(self) -> list[tuple[Device, int]]:
        """Each device with its number of measurements, the last seen first."""
        columns, measured = tables.devices.c, tables.measurements.c
        query = (
            select(tables.devices, func.count(measured.id).label("measurements"))
            .outerjoin(tables.measurements, measured.device_id == columns.id)
            .group_by(*columns)
            .order_by(columns.seen.desc())
        )
        with reading(self._pools) as connection:
            rows = connection.execute(query).all()
        return [(device, row.measurements) for row in rows if (device := as_record(Device, row))]

    def keep_measurement(self, taken: Measurement, device: Device) -> tuple[Measurement, bool]:
        """Store a browser's measurement and its device; returns the stored measurement and whether it is new.

        A ``uid`` is stored once. A known device keeps its label. Deletes the oldest of more than
        2,000 measurements of a device, and the device seen longest ago, with its measurements, of more than 500.
        """
        with writing(self._pools) as connection:
            stored = _stored_measurement(connection, taken.uid)
            if stored is not None:
                return stored, False
            _keep_device(connection, device, rename=False)
            insert_measurements(connection, [taken])
            _forget_oldest(connection, device.id)
            return _stored_measurement(connection, taken.uid) or taken, True

    def rename_device(self, device_id: str, label: str, now: datetime) -> None:
        """Label a device, also before its first measurement; a new device is stored as ``keep_measurement`` does."""
        with writing(self._pools) as connection:
            described = connection.scalar(select(tables.devices.c.described).where(tables.devices.c.id == device_id))
            device = Device(id=device_id, label=label, described=described or "", seen_at=now)
            _keep_device(connection, device, rename=True)

    def forget_device(self, device_id: str) -> None:
        """Remove a device and its measurements; idempotent."""
        with writing(self._pools) as connection:
            _forget(connection, [device_id])


def _stored_measurement(connection: Connection, uid: str | None) -> Measurement | None:
    """The measurement stored under a ``uid``; removes a row that cannot be read, so that the new one replaces it."""
    same = tables.measurements.c.uid == (uid or "")  # a server's measurements have none and match nothing
    row = connection.execute(select(tables.measurements).where(same)).first()
    if row is None:
        return None
    if (stored := as_record(Measurement, row)) is None:
        connection.execute(delete(tables.measurements).where(same))
    return stored


def _keep_device(connection: Connection, device: Device, *, rename: bool) -> None:
    columns = tables.devices.c
    row = {**to_row(device), "seen": next_place(connection, columns.seen)}
    changed = row if rename else {name: value for name, value in row.items() if name != "label"}
    if connection.execute(update(tables.devices).where(columns.id == device.id).values(changed)).rowcount:
        return
    latest = select(columns.id).order_by(columns.seen.desc())
    _forget(connection, list(connection.scalars(latest.offset(MOST_DEVICES - 1))))
    connection.execute(insert(tables.devices).values(row))


def _forget(connection: Connection, device_ids: Sequence[str]) -> None:
    connection.execute(delete(tables.measurements).where(tables.measurements.c.device_id.in_(device_ids)))
    connection.execute(delete(tables.devices).where(tables.devices.c.id.in_(device_ids)))


def _forget_oldest(connection: Connection, device_id: str) -> None:
    measured = tables.measurements.c
    kept = select(measured.id).where(measured.device_id == device_id).order_by(measured.id.desc()).limit(1)
    oldest = connection.scalar(kept.offset(MOST_MEASUREMENTS))
    if oldest is not None:
        of_device = delete(tables.measurements).where(measured.device_id == device_id)
        connection.execute(of_device.where(measured.id <= oldest))
