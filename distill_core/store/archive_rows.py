"""Experiments that leave a store and enter another one: their rows in one transaction, their files with them."""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select

from distill_core.errors import CorruptFile, InvalidSetting, NotFound, StorageFailed, said
from distill_core.store import tables
from distill_core.store.archived import Archived, ArchivedJob, ArchivedRun
from distill_core.store.artifact_rows import file_problem, names_file, own_kinds, portions
from distill_core.store.artifacts import Staged
from distill_core.store.database import reading, writing
from distill_core.store.decoding import record_of
from distill_core.store.device_rows import MOST_DEVICES
from distill_core.store.encoding import beside
from distill_core.store.job_rows import insert_links
from distill_core.store.measurement_rows import insert_measurements
from distill_core.store.pools import PATIENT_SECONDS
from distill_core.store.records import OPEN_STATES, Artifact, JobState, Measurement, RobustnessScore, RunRecord
from distill_core.store.row_json import MOST_ROWS, Values, encoded_row
from distill_core.store.rows import next_place, to_row
from distill_core.store.run_rows import UNREADABLE, RunRows, is_point, scored

# Ends the name of a server whose measurement came with an archive, whatever its name: it is never this server.
IMPORTED = " (imported)"
Found = list[Mapping[Any, Any]]


class ArchiveRows(RunRows):
    """Repository of whole experiments."""

    def archive_rows(self, job_ids: Sequence[str]) -> tuple[dict[str, list[Values]], dict[str, Artifact]]:
        """The rows of ended jobs for an archive, the first filed first, and their files by SHA-256. Files that are gone
        or changed are left out, and so are measurements, scores and curves that cannot be read.

        Raises: NotFound; InvalidSetting for an open job; CorruptFile where the row of a run cannot be read.
        """
        with reading(self._pools) as connection:
            jobs = _found(connection, tables.jobs.c.id, job_ids)
            _check_ended(jobs, job_ids)
            jobs.sort(key=lambda row: row["filed"])
            order = [row["id"] for row in jobs]
            links = _found(connection, tables.job_runs.c.job_id, order)
            links.sort(key=lambda row: (order.index(row["job_id"]), row["position"], row["run_id"]))
            run_ids = list(dict.fromkeys(row["run_id"] for row in links))
            runs = _of_runs(connection, tables.runs, run_ids)
            for row in runs:
                if scored(record_of(RunRecord, row)) is None:
                    raise CorruptFile(file_problem(str(row["id"]), UNREADABLE))
            files = [row for row in self._artifact_rows(connection, run_ids) if names_file(row)]
            whole = {(row.run_id, row.kind): file for row in files if (file := self._artifact(row)).is_whole}
            measured, devices = _measured(connection, runs)
            found = {
                tables.jobs: jobs,
                tables.runs: runs,
                tables.job_runs: links,
                tables.curves: [row for row in _of_runs(connection, tables.curves, run_ids) if _is_curve(row["rows"])],
                tables.artifacts: [
                    row
                    for row in _of_runs(connection, tables.artifacts, run_ids)
                    if (row["run_id"], row["kind"]) in whole
                ],
                tables.trials: [
                    row for row in _of_runs(connection, tables.trials, run_ids) if record_of(RobustnessScore, row)
                ],
                tables.devices: devices,
                tables.measurements: measured,
            }
        rows = {table.name: [encoded_row(table, row) for row in found[table]] for table in MOST_ROWS}
        return rows, {file.sha256: file for file in whole.values()}

    def file_archive(self, of: Archived, read: Callable[[str], bytes]) -> tuple[str, ...]:
        """Store all experiments of an archive or nothing; ``read`` gives a file by its SHA-256. Returns their jobs.

        A run that is stored with all its files is kept as it is. A job is answered by an ended one with its fingerprint
        that shows its runs, else filed anew, under another id where its own is taken. A measurement is stored once, and
        that of a server as another machine's.
        Raises: whatever ``read`` raises; InvalidSetting for too many devices; StorageFailed. Nothing is left then.
        """
        staged: dict[str, Staged] = {}
        try:
            for run in self._lacked(of):
                files = {kind: read(sha256) for kind, sha256 in run.files.items()}
                # A file that the power cut off is seen by its hash, and the archive is still there.
                staged[run.record.id] = self._files.stage(run.record.id, files, sha256=run.files, flush=False)
            with writing(self._pools, patience_seconds=PATIENT_SECONDS) as connection:
                # First, since it may refuse: the files of a run that gives way are gone once it is replaced.
                _keep_measurements(connection, of)
                stored = self._keep_runs(connection, of.runs, staged)
                new = [to_row(score) for score in of.trials if stored[score.run_id][1]]
                if new:
                    connection.execute(insert(tables.trials), new)
                run_ids = {run_id: there for run_id, (there, _) in stored.items()}
                return self._keep_jobs(connection, of.jobs, run_ids)
        except BaseException:
            for placed in staged.values():
                with suppress(StorageFailed):  # the first error is the one to tell
                    self._remove_unkept(placed)
            raise
        finally:
            for placed in staged.values():
                self._files.discard(placed)

    def _lacked(self, of: Archived) -> list[ArchivedRun]:
        """The runs that are not stored, or whose stored one gives way."""
        with reading(self._pools) as connection:
            there = _stored(connection, of.runs.values())
            return [run for run in of.runs.values() if self._takes(connection, there.get(run.record.fingerprint), run)]

    def _takes(self, connection: Connection, stored: Row[Any] | None, run: ArchivedRun) -> bool:
        if stored is None:
            return True
        whole = run.files.keys() >= set(own_kinds(run.record.architecture))
        return whole and stored.id == run.record.id and self._gives_way(connection, stored, run.record)

    def _keep_runs(
        self, connection: Connection, runs: Mapping[str, ArchivedRun], staged: Mapping[str, Staged]
    ) -> dict[str, tuple[str, bool]]:
        """The id of each run in this store, and whether it was stored now."""
        there, kept, new = _stored(connection, runs.values()), {}, []
        for name, run in runs.items():
            stored = there.get(run.record.fingerprint)
            takes = self._takes(connection, stored, run)
            kept[name] = (run.record.id if stored is None or takes else str(stored.id), takes)
            if takes and stored is not None:
                self._replace(connection, run.record, run.curves, _still_staged(staged, name))
            elif takes:
                new.append((run.record, run.curves, _still_staged(staged, name)))
        self._insert(connection, new)
        return kept

    def _keep_jobs(
        self, connection: Connection, jobs: Sequence[ArchivedJob], run_ids: Mapping[str, str]
    ) -> tuple[str, ...]:
        """The id of each job in this store."""
        columns = tables.jobs.c
        taken = {row["id"] for row in _found(connection, columns.id, (job.record.id for job in jobs))}
        prints = (job.record.fingerprint for job in jobs)
        known = {row["fingerprint"] for row in _found(connection, columns.fingerprint, prints)}
        kept, filed = [], next_place(connection, columns.filed)
        for job in jobs:
            links = [replace(link, run_id=run_ids[link.run_id]) for link in job.links]
            is_known = job.record.fingerprint in known
            job_id = _equal_ended(connection, job, {link.run_id for link in links}) if is_known else None
            if job_id is None:
                job_id = uuid.uuid4().hex[:16] if job.record.id in taken else job.record.id
                _file_job(connection, replace(job, record=replace(job.record, id=job_id, owner=self.lab_id)), filed)
                insert_links(connection, job_id, links)
                known.add(job.record.fingerprint)
                filed += 1
            kept.append(job_id)
        return tuple(kept)


def _file_job(connection: Connection, job: ArchivedJob, filed: int) -> None:
    connection.execute(insert(tables.jobs), {**to_row(job.record), "filed": filed, "plan": job.plan})


def _found(connection: Connection, column: Any, values: Iterable[str]) -> Found:
    """The rows of a column's table with one of these values."""
    query = select(column.table)
    return [row._mapping for some in portions(values) for row in connection.execute(query.where(column.in_(some)))]


def _of_runs(connection: Connection, table: Table, run_ids: Sequence[str]) -> Found:
    """The rows of these runs, in the order of the runs and then of their keys."""
    column = table.c.id if table is tables.runs else table.c.run_id
    place = {run_id: number for number, run_id in enumerate(run_ids)}
    keys = [key.name for key in table.primary_key.columns if key is not column]
    rows = _found(connection, column, run_ids)
    return sorted(rows, key=lambda row: (place[row[column.name]], *(row[key] for key in keys)))


def _check_ended(jobs: Found, job_ids: Sequence[str]) -> None:
    there = {row["id"] for row in jobs}
    for job_id in job_ids:
        if job_id not in there:
            raise NotFound(said("no experiment {job_id!r}; it may have been deleted", job_id))
    for row in jobs:
        if row["state"] in OPEN_STATES:
            expected, hint = "an experiment that has ended", "wait for it, or stop it"
            raise InvalidSetting(
                "an export", expected=expected, got=said("{title!r}, {state}", row["title"], row["state"]), hint=hint
            )


def _is_curve(rows: Any) -> bool:
    return isinstance(rows, list) and all(map(is_point, rows))


def _measured(connection: Connection, runs: Found) -> tuple[Found, Found]:
    """The newest measurements of the graphs of these runs, the oldest of them first, and the devices that took them."""
    graphs = {graph for row in runs if isinstance(graph := row["scores"].get("graph"), str)}
    taken = [row for row in _found(connection, tables.measurements.c.graph, graphs) if record_of(Measurement, row)]
    ids = {row["device_id"] for row in taken if row["place"] == "browser" and row["device_id"] is not None}
    devices = sorted(_found(connection, tables.devices.c.id, ids), key=lambda row: str(row["id"]))
    known = {row["id"] for row in devices[: MOST_ROWS[tables.devices]]}
    kept = [row for row in taken if row["place"] == "server" or row["device_id"] in known]
    kept.sort(key=lambda row: row["id"])
    own = [{**row, "device": row["device"].removesuffix(IMPORTED)} for row in kept[-MOST_ROWS[tables.measurements] :]]
    used = {row["device_id"] for row in own}
    return list(own), [row for row in devices if row["id"] in used]


def _stored(connection: Connection, runs: Iterable[ArchivedRun]) -> dict[str, Row[Any]]:
    """The stored ones of these runs, by fingerprint."""
    column = tables.runs.c.fingerprint
    parts = portions(run.record.fingerprint for run in runs)
    rows = (row for part in parts for row in connection.execute(select(tables.runs).where(column.in_(part))))
    return {row.fingerprint: row for row in rows}


def _still_staged(staged: Mapping[str, Staged], run_id: str) -> Staged:
    if run_id in staged:
        return staged[run_id]
    expected, hint = "the files that it had a moment ago", "import the archive again"
    raise StorageFailed(said("storing run {record_id}", run_id), expected=expected, got="none", hint=hint)


def _equal_ended(connection: Connection, job: ArchivedJob, run_ids: set[str]) -> str | None:
    """The newest job with this fingerprint that is finished, or has ended as this one, and shows these runs."""
    columns, linked = tables.jobs.c, tables.job_runs.c
    states = (JobState.FINISHED, job.record.state)
    same = select(columns.id).where(columns.fingerprint == job.record.fingerprint, columns.state.in_(states))
    for job_id in connection.scalars(same.order_by(columns.filed.desc())).all():
        if run_ids <= set(connection.scalars(select(linked.run_id).where(linked.job_id == job_id))):
            return str(job_id)
    return None


def _keep_measurements(connection: Connection, of: Archived) -> None:
    devices, measured = tables.devices.c, tables.measurements.c
    known = set(connection.scalars(select(devices.id)))
    new = [device for device in of.devices if device.id not in known]
    if new and len(known) + len(new) > MOST_DEVICES:
        got, hint = said("{value}", len(known) + len(new)), "forget some on Benchmark; nothing was imported"
        raise InvalidSetting("devices", expected=said("at most {most}", MOST_DEVICES), got=got, hint=hint)
    for device in new:
        connection.execute(
            insert(tables.devices).values({**to_row(device), "seen": next_place(connection, devices.seen)})
        )
    there = {_identity(row) for row in _found(connection, measured.graph, of.graphs)}
    uids = set(connection.scalars(select(measured.uid).where(measured.uid.is_not(None))))
    unknown = [taken for taken in of.measurements if taken.uid not in uids]
    fresh = [taken for taken in unknown if not there or _identity(to_row(taken)) not in there]
    insert_measurements(connection, [_elsewhere(taken) for taken in fresh])


def _elsewhere(taken: Measurement) -> Measurement:
    if taken.place != "server":
        return taken
    return replace(taken, device=f"{taken.device.removesuffix(IMPORTED)}{IMPORTED}")


def _identity(row: Mapping[Any, Any]) -> str:
    """A measurement as text, wherever it is stored and whichever run of its graph it names."""
    same = {"device": str(row["device"]).removesuffix(IMPORTED), "run_id": "", beside("disturbed"): None}
    plain = encoded_row(tables.measurements, {**row, **same})
    return json.dumps(plain, default=str)
