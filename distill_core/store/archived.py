"""The records of an archive: what its rows say, checked before anything is stored."""

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from typing import Any, TypeVar

from distill_core.archive import HASH
from distill_core.errors import InvalidSetting, Names, said
from distill_core.store.artifacts import NAMES
from distill_core.store.decoding import record_of
from distill_core.store.naming import checked_name, checked_note, tags_of, to_lines
from distill_core.store.records import (
    OPEN_STATES,
    Device,
    JobRecord,
    JobState,
    LinkedRun,
    Measurement,
    RobustnessScore,
    RunLink,
    RunRecord,
)
from distill_core.store.row_json import Values, decoded_rows, refused
from distill_core.store.run_rows import is_point, scored

IDENTITY = re.compile(r"[0-9a-f]{8,32}")
Record = TypeVar("Record", JobRecord, RunRecord, RunLink, Measurement, Device, RobustnessScore)


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivedRun:
    """A run of an archive with its curves, and the SHA-256 of its files by kind."""

    record: RunRecord
    curves: list[Values]
    files: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchivedJob:
    """A job of an archive, with its plan as JSON and the runs that it shows."""

    record: JobRecord
    plan: str | None
    links: tuple[RunLink, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Archived:
    """The experiments of an archive; ``runs`` by id."""

    jobs: tuple[ArchivedJob, ...]
    runs: Mapping[str, ArchivedRun]
    trials: tuple[RobustnessScore, ...]
    devices: tuple[Device, ...]
    measurements: tuple[Measurement, ...]

    @property
    def graphs(self) -> set[str]:
        return {str(run.record.scores.get("graph")) for run in self.runs.values()}

    def linked(self, job: ArchivedJob) -> list[LinkedRun]:
        """The runs of a job, by position."""
        links = sorted(job.links, key=lambda link: link.position)
        return [
            LinkedRun(
                job_id=job.record.id,
                position=link.position,
                student=link.student,
                role=link.role,
                run=self.runs[link.run_id].record,
                taught_by=link.taught_by,
            )
            for link in links
        ]


def archived(rows: Any, *, own: bool = False) -> Archived:
    """The records of the rows of an archive. They have no owner and no measurement has an id. ``own``: rows that this
    lab wrote are taken as they are.

    Raises: CorruptFile where rows are not those of ended experiments, or speak of what is not in the archive.
    """
    decoded = decoded_rows(rows, own=own)
    records = _records("runs", RunRecord, decoded["runs"])
    curves = {row["run_id"]: row["rows"] for row in decoded["curves"]}
    files, links = _by(decoded["artifacts"], "run_id"), _by(decoded["job_runs"], "job_id")
    runs = {run.id: _run(run, curves.get(run.id, []), files.get(run.id, [])) for run in records}
    of = Archived(
        jobs=tuple(_job(row, links.get(row["id"], [])) for row in decoded["jobs"]),
        runs=runs,
        trials=_records("trials", RobustnessScore, decoded["trials"]),
        devices=_records("devices", Device, decoded["devices"]),
        measurements=_records("measurements", Measurement, decoded["measurements"]),
    )
    for check in () if own else (_check_jobs, _check_runs, _check_measurements):
        check(of)
    return of


def _by(rows: list[Values], column: str) -> dict[str, list[Values]]:
    found: dict[str, list[Values]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found


def _run(record: RunRecord, curves: list[Values], files: list[Values]) -> ArchivedRun:
    return ArchivedRun(record=record, curves=curves, files={row["kind"]: row["sha256"] for row in files})


def _job(row: Values, links: list[Values]) -> ArchivedJob:
    (record,) = _records("jobs", JobRecord, [{**row, "owner": ""}])
    record = replace(record, state=JobState(record.state))
    return ArchivedJob(record=record, plan=row.get("plan"), links=_records("job_runs", RunLink, links))


def _records(table: str, record: type[Record], rows: list[Values]) -> tuple[Record, ...]:
    made = []
    # A column that was added since the archive was written has its default.
    missing = {one.name: None if one.default is MISSING else one.default for one in fields(record)}
    for row in rows:
        found = record_of(record, row if row.keys() >= missing.keys() else {**missing, **row})
        if found is None:
            raise refused(table, "rows that this lab can read", "another one")
        made.append(found)
    return tuple(made)


def _check_jobs(of: Archived) -> None:
    for job in of.jobs:
        if not IDENTITY.fullmatch(job.record.id) or not HASH.fullmatch(job.record.fingerprint):
            raise refused("jobs", "ids and fingerprints in hexadecimal digits", repr(job.record.id)[:40])
        if job.record.state in OPEN_STATES:
            raise refused("jobs", "experiments that have ended", job.record.state.value)
        _check_called(job.record)
    if not of.jobs:
        raise refused("jobs", "an experiment", "none")


def _check_called(job: JobRecord) -> None:
    told = job.name, job.tags, job.note
    try:
        tidy = checked_name(job.name), to_lines(tags_of(job.tags)), checked_note(job.note)
    except InvalidSetting as error:
        raise refused("jobs", "names, tags and notes that a lab gives", error) from error
    if tidy != told:
        raise refused("jobs", "names, tags and notes that a lab gives", repr(told)[:80])


def _check_runs(of: Archived) -> None:
    shown = {link.run_id for job in of.jobs for link in job.links}
    for run in of.runs.values():
        record = run.record
        if not HASH.fullmatch(record.fingerprint) or record.id != record.fingerprint[:16]:
            raise refused("runs", "ids that are the start of a fingerprint", repr(record.id)[:40])
        if record.id not in shown:
            raise refused("runs", "runs that an experiment shows", said("{record_id}, which none shows", record.id))
        if scored(record) is None:
            raise refused("runs", "a score of each finished run", said("none of {record_id}", record.id))
        if not isinstance(run.curves, list) or not all(map(is_point, run.curves)):
            raise refused("curves", "points with update, kind and value", "others")
        if min(record.seconds, record.updates, record.processor_seconds or 0) < 0:
            raise refused("runs", "times and updates from 0 up", "less")
        if not all(map(_is_number, record.parameters.values())):
            raise refused("runs", "parameters that are numbers", "others")
        if not all(isinstance(value, str | int | float) for value in record.environment.values()):
            raise refused("runs", "an environment of texts and numbers", "others")
        _check_counts("runs", record.environment)
        if unknown := run.files.keys() - NAMES.keys():
            raise refused("artifacts", said("one of {names}", Names(NAMES)), repr(min(unknown))[:40])


def _check_measurements(of: Archived) -> None:
    devices, graphs = {device.id for device in of.devices}, of.graphs
    for taken in of.measurements:
        if taken.graph not in graphs:
            raise refused("measurements", "those of its runs", "one of another graph")
        if taken.place == "browser" and (taken.device_id not in devices or taken.uid is None):
            raise refused("measurements", "a device of each browser's", "none")
        if taken.place == "server" and (taken.device_id is not None or taken.uid is not None):
            raise refused("measurements", "a server without a browser's id", "one with it")
        if min(taken.first_ms, taken.p50_ms, taken.p90_ms, taken.p95_ms, taken.p99_ms) < 0 or taken.runs_per_sample < 1:
            raise refused("measurements", "times from 0 ms up, of 1 run or more", "less")
        if taken.histogram is not None and not _is_histogram(taken.histogram):
            raise refused("measurements", "a histogram with a count between two edges", "another one")
        if taken.place == "server":
            _check_counts("measurements", taken.environment)


def _check_counts(table: str, environment: Mapping[str, Any]) -> None:
    """Pages tell of so many cores and threads."""
    for name in ("threads", "physical_cores", "logical_cores"):
        if name in environment and type(environment[name]) is not int:
            raise refused(table, said("a number of {name}", name.replace("_", " ")), repr(environment[name])[:40])


def _is_histogram(histogram: Mapping[str, Any]) -> bool:
    edges, counts = histogram.get("edges_ms"), histogram.get("counts")
    if not isinstance(edges, list) or not isinstance(counts, list) or not len(edges) == len(counts) + 1 > 1:
        return False
    counted = all(type(count) is int and count >= 0 for count in counts)
    return counted and all(map(_is_number, edges)) and edges == sorted(edges)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)
