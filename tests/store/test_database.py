"""Opening: fresh, twice at once, newer than the code, and broken."""

import math
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.schema import CreateTable

from distill_core.errors import StorageFailed
from distill_core.store import JobState, Store, TrainingTime, tables
from distill_core.store.database import _config, open_database, reading, writing
from distill_core.store.encoding import encode
from distill_core.store.lab_rows import move
from distill_core.store.pools import Pools, _begin_postgresql
from distill_core.store.refusals import advice
from distill_core.store.rows import to_row
from tests.store.records import NOON, a_job, a_measurement, a_run, a_trial

ROOT = Path(__file__).resolve().parents[2]
STORED_NOON = "2026-01-02 12:00:00.000250"
OPEN = """
import sys
from pathlib import Path
from distill_core.store import Store
print("ready", flush=True)
sys.stdin.readline()
store = Store.open(Path(sys.argv[1]))
print(store.jobs(), flush=True)
store.close()
"""


def url(home: Path) -> str:
    return f"sqlite:///{home / 'lab.sqlite'}"


def test_migrations_make_the_tables_that_the_code_sees(home: Path) -> None:
    pools = open_database(url(home))
    with reading(pools) as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.METADATA) == []
        found = inspect(connection)
        for table in tables.METADATA.sorted_tables:
            keys = {key["constrained_columns"][0]: key["options"] for key in found.get_foreign_keys(table.name)}
            assert keys == {key.parent.name: {"ondelete": key.ondelete} for key in table.foreign_keys}
    pools.dispose()


def test_the_log_foreign_keys_and_patience_are_on(home: Path) -> None:
    pools = open_database(url(home))
    with reading(pools) as connection:
        asked = ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        answers = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked]
    pools.dispose()
    assert answers == ["wal", 1, 5_000, 1]


def test_opening_again_keeps_what_is_there(home: Path) -> None:
    for _ in range(2):
        store = Store.open(home)
        store.close()
        store.close()
    assert sorted(path.name for path in home.rglob("*")) == ["lab.sqlite", "labs"]


def test_two_processes_open_a_fresh_home_at_once(home: Path) -> None:
    command = [sys.executable, "-c", OPEN, str(home)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    both = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(2)]  # type: ignore[call-overload]
    assert [process.stdout.readline() for process in both] == ["ready\n"] * 2
    for process in both:
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60) for process in both]
    assert answers == [("[]\n", "")] * 2


def test_many_threads_open_fresh_homes_at_once(home: Path) -> None:
    """The switch to a write-ahead log is refused at once where another switches too: one home in twenty failed."""
    failures: list[Exception] = []

    def open_and_close(folder: Path) -> None:
        together.wait()
        try:
            Store.open(folder).close()
        except Exception as error:
            failures.append(error)

    for number in range(4):
        together = threading.Barrier(4)
        threads = [threading.Thread(target=open_and_close, args=(home / f"{number}",)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert failures == []


def test_the_switch_to_the_log_waits_for_a_writer(home: Path) -> None:
    other = sqlite3.connect(home / "lab.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE t (a)")
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.05, other.execute, ("ROLLBACK",))
    release.start()
    Store.open(home).close()
    release.join()
    other.close()


def test_a_database_of_a_newer_lab_is_refused_and_left_alone(home: Path) -> None:
    Store.open(home).close()
    with sqlite3.connect(home / "lab.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    wanted = r"expected revision 0015 or older, got .*'9999'; it was made by a newer lab: update this one, or point"
    with pytest.raises(StorageFailed, match=wanted):
        Store.open(home)
    with sqlite3.connect(home / "lab.sqlite") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


def made_at(home: Path, revision: str) -> None:
    pools = Pools(url(home))
    with writing(pools) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    pools.dispose()


# A run as it is once it was migrated: what told how fast it was trained stands in columns.
MEASURED = {"test_accuracy": 0.84, "confusion": [[9, 1], [2, 8]], "nll_nats": math.inf, "macs": 2_600_000}
OLD_RUN = a_run(scores=MEASURED, batch_size=125, macs=2_600_000)


def at_first_revision(home: Path) -> None:
    """A database as the first lab made it, with a job that shows a run and its curve."""
    made_at(home, "0001")
    later = ("missing_class", "batch_size", "macs", "processor_seconds", "message_said")
    old = {name: value for name, value in to_row(OLD_RUN).items() if name not in later}
    old["specification"] = {"task": "digits", "budget": {"updates": 480, "batch_size": 125}}
    plain = {name: encode(value) if isinstance(value, dict) else value for name, value in old.items()}
    with sqlite3.connect(home / "lab.sqlite") as connection:
        names, marks = ", ".join(plain), ", ".join(f":{name}" for name in plain)
        connection.execute(f"INSERT INTO runs ({names}) VALUES ({marks})", plain | {"created_at": STORED_NOON})
        connection.execute(
            "INSERT INTO jobs VALUES ('a', 'f', 'Old job', '{}', 'finished', NULL, '1:0.00', 30.5, ?, NULL, NULL)",
            (STORED_NOON,),
        )
        connection.execute("INSERT INTO job_runs VALUES ('a', ?, 1, 'KD', 'student')", (a_run().id,))
        connection.execute(
            "INSERT INTO curves VALUES (?, ?)", (a_run().id, '[{"update": 1, "kind": "loss", "value": 2.25}]')
        )


def test_a_database_of_the_first_revision_is_migrated_and_keeps_its_rows(home: Path) -> None:
    at_first_revision(home)
    with sqlite3.connect(home / "lab.sqlite") as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        columns = [row[1] for row in connection.execute("PRAGMA table_info(runs)")]
        assert "missing_class" not in columns
        assert len(columns) == 23
    store = Store.open(home)
    (linked,) = store.runs(["a"])
    assert linked.run == OLD_RUN
    times = TrainingTime(
        seconds=12.5, processor_seconds=None, updates=480, batch_size=125, macs=2_600_000, architecture="resnet8"
    )
    assert store.training_times(["a"], OLD_RUN.environment) == [times]
    assert store.training_times(["a"], {"cpu": "another CPU"}) == []
    assert linked.run.missing_class is None
    assert (linked.student, linked.position, store.job("a").title) == ("KD", 1, "Old job")
    assert store.curves(a_run().id) == [{"update": 1, "kind": "loss", "value": 2.25}]
    store.save_run(a_run("00000000000000bb", missing_class="Bag"), curves=[], files={})
    store.close()
    again = Store.open(home)
    assert again.run("00000000000000bb").missing_class == "Bag"
    assert again.find_runs([a_run().fingerprint]) == {a_run().fingerprint: OLD_RUN}
    again.close()


WITH_PROCESSES = """INSERT INTO jobs VALUES (?, ?, 'Old job', '{}', ?, NULL, '4711:1767355200.25', 30.5, ?, ?, NULL)"""


def test_a_home_whose_jobs_belonged_to_processes_shows_them_in_their_order(home: Path) -> None:
    made_at(home, "0005")
    with sqlite3.connect(home / "lab.sqlite") as connection:
        for job_id, state, hour in (("late", "running", 12), ("early", "finished", 11), ("last", "queued", 13)):
            moment = f"2026-01-02 {hour}:00:00.000000"
            connection.execute(WITH_PROCESSES, (job_id, f"of {job_id}", state, moment, moment))
    store = Store.open(home)
    store.sweep()
    assert [(job.id, job.state) for job in store.jobs()] == [
        ("last", JobState.INTERRUPTED),  # a process number names no lab
        ("late", JobState.INTERRUPTED),
        ("early", JobState.FINISHED),
    ]
    store.add_job(a_job("new", owner=store.lab_id, submitted_at=NOON))
    assert store.jobs(limit=1)[0].id == "new"
    store.close()


MEASURED_BEFORE = """INSERT INTO measurements VALUES (
    7, '00000000000000aa', ?, 'a CPU, 2 logical cores', 'CPUExecutionProvider',
    1, 1, 5.0, 20, 200, 1.0, 1.5, 2.0, 4.0, '{"cpu": "a CPU"}', ?
)"""


def at_second_revision(home: Path) -> None:
    """A database from before browsers measured, with one measurement."""
    made_at(home, "0002")
    with sqlite3.connect(home / "lab.sqlite") as connection:
        connection.execute(MEASURED_BEFORE, ("ab" * 32, STORED_NOON))


def test_a_measurement_from_before_browsers_measured_is_one_of_the_server(home: Path) -> None:
    at_second_revision(home)
    with sqlite3.connect(home / "lab.sqlite") as connection:
        assert len(connection.execute("PRAGMA table_info(measurements)").fetchall()) == 16
    store = Store.open(home)
    assert store.measurements() == store.newest_measurements() == [a_measurement(id=7)]
    (one,) = store.measurements()
    assert (one.place, one.precision, one.runs_per_sample) == ("server", "float32", 1)
    assert (one.agrees, one.whole_graph) == (True, True)
    assert [one.uid, one.device_id, one.load_ms, one.mean_ms, one.histogram] == [None] * 5
    assert store.devices() == []
    store.add_measurements([a_measurement()])
    assert [one.id for one in store.measurements()] == [7, 8]
    store.close()


TRIED_BEFORE = """INSERT INTO trials VALUES (
    '00000000000000aa', 'snow', 3.0, 2000, '0123456789abcdef', 0.75, 0.1, 0.9, 0.85, ?
)"""


def test_a_home_of_the_seventh_revision_keeps_what_was_measured_and_tried(home: Path) -> None:
    made_at(home, "0007")
    run = {**to_row(OLD_RUN), "created_at": STORED_NOON, "filed": 1}
    del run["processor_seconds"]
    measured = {**to_row(a_measurement(id=7, uid="e" * 32)), "created_at": STORED_NOON}
    for later in ("disturbed", "disturbed_said", "round_id"):
        del measured[later]
    del run["message_said"]
    with sqlite3.connect(home / "lab.sqlite") as connection:
        for table, row in (("runs", run), ("measurements", measured)):
            plain = [encode(value) if isinstance(value, dict) else value for value in row.values()]
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", plain)
        connection.execute(TRIED_BEFORE, (STORED_NOON,))
    store = Store.open(home)
    assert store.run(OLD_RUN.id) == OLD_RUN
    assert store.measurements() == [a_measurement(id=7, uid="e" * 32, disturbed=None, round_id=None)]
    assert store.robustness_scores([OLD_RUN.id]) == [a_trial(unmoved=0)]
    store.close()


def test_a_migration_can_be_taken_back(home: Path) -> None:
    at_second_revision(home)
    Store.open(home).close()
    pools = Pools(url(home))
    with writing(pools) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
    pools.dispose()
    with sqlite3.connect(home / "lab.sqlite") as connection:
        columns = {row[1] for row in connection.execute("PRAGMA table_info(runs)")}
        assert ("specification" in columns, "macs" in columns) == (True, False)
        assert len(connection.execute("SELECT * FROM measurements").fetchone()) == 16
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert "devices" not in tables


@pytest.mark.parametrize("earlier", [at_first_revision, at_second_revision])
def test_what_a_migration_made_is_what_a_fresh_database_has(home: Path, earlier: Callable[[Path], None]) -> None:
    earlier(home)
    pools = open_database(url(home))
    with reading(pools) as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.METADATA) == []
    pools.dispose()


def test_a_file_that_is_no_database_is_refused(home: Path) -> None:
    (home / "lab.sqlite").write_bytes(b"not a database " * 100)
    with pytest.raises(StorageFailed, match="file is not a database"):
        Store.open(home)
    assert (home / "lab.sqlite").read_bytes() == b"not a database " * 100


def test_a_home_that_is_a_file_is_refused(home: Path) -> None:
    (home / "file").write_bytes(b"")
    with pytest.raises(StorageFailed, match="set DISTILL_HOME"):
        Store.open(home / "file")


def test_any_folder_name_will_do(home: Path) -> None:
    odd = home / "100 % a?b#c=d&é"
    Store.open(odd).close()
    assert (odd / "lab.sqlite").is_file()


UNUSABLE = ["nonsense", "nothing://host/name", "postgresql+nodriver://host/name", "postgresql://host:port/name"]


@pytest.mark.parametrize("given", UNUSABLE)
def test_a_url_that_cannot_be_used_is_told(given: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISTILL_DATABASE_URL", given)
    with pytest.raises(StorageFailed, match="DISTILL_DATABASE_URL"):
        Store.open(home)


def test_the_environment_names_the_database(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISTILL_DATABASE_URL", f"sqlite:///{home / 'other.sqlite'}")
    Store.open(home).close()
    assert sorted(path.name for path in home.rglob("*")) == ["labs", "other.sqlite"]


def test_a_transaction_that_fails_leaves_nothing(home: Path) -> None:
    pools = open_database(url(home))
    with pytest.raises(OperationalError), writing(pools) as connection:
        [connection.exec_driver_sql(statement) for statement in ("CREATE TABLE half (a)", "no SQL")]
    with reading(pools) as connection:
        assert "half" not in inspect(connection).get_table_names()
    pools.dispose()


def test_a_value_that_no_column_takes_is_a_bug_and_not_a_full_disk(home: Path) -> None:
    pools = open_database(url(home))
    with pytest.raises(StatementError), writing(pools) as connection:
        connection.execute(tables.curves.insert().values(run_id="a", rows=[{"value": object()}]))
    pools.dispose()


def test_a_full_disk_is_told_as_one(home: Path) -> None:
    pools = open_database(url(home))
    event.listen(pools.writer, "begin", lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 1"))
    device = {"id": "a", "label": "Phone", "described": "x" * 1_000_000, "seen_at": NOON}
    with pytest.raises(StorageFailed, match="full; free some room"), writing(pools) as connection:
        connection.execute(tables.devices.insert().values(device))
    pools.dispose()


def test_a_database_that_takes_no_writes_is_a_matter_of_rights(home: Path) -> None:
    pools = open_database(url(home))
    event.listen(pools.writer, "begin", lambda connection: connection.exec_driver_sql("PRAGMA query_only = ON"))
    with pytest.raises(StorageFailed, match="this program may write the file"), writing(pools) as connection:
        connection.execute(tables.labs.delete())
    pools.dispose()


def test_another_program_that_holds_the_database_is_told_as_one(home: Path) -> None:
    pools = open_database(url(home))
    other = sqlite3.connect(home / "lab.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    told = pytest.raises(StorageFailed, match="is locked; another program holds it")
    with told, writing(pools, patience_seconds=0):
        pass
    other.close()
    pools.dispose()


def test_waiting_writers_do_not_block_readers(store: Store, home: Path) -> None:
    """Sixty phones tell at once while another program holds the database: each took a connection, pages had none."""
    other = sqlite3.connect(home / "lab.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waits, failures = threading.Event(), list[Exception]()
    event.listen(store._pools.writer, "checkout", lambda *given: waits.set())

    def tell(number: int) -> None:
        try:
            store.add_measurements([a_measurement(uid=f"{number:032x}")])
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=tell, args=(number,)) for number in range(60)]
    for thread in threads:
        thread.start()
    assert waits.wait(30)
    assert (store.measurements(), store._pools.writer.pool.checkedout()) == ([], 1)  # type: ignore[attr-defined]
    other.execute("ROLLBACK")
    for thread in threads:
        thread.join(60)
    other.close()
    assert (failures, len(store.measurements())) == ([], 60)


def test_of_many_writers_those_that_wait_too_long_fail(store: Store) -> None:
    store._pools.writer.pool._timeout = 0.0  # type: ignore[attr-defined]
    told = pytest.raises(StorageFailed, match="other writers for 0 s; many ask at once: try again")
    with writing(store._pools), told, writing(store._pools, patience_seconds=0):
        pass


def _removed(path: Path) -> None:
    path.unlink()


def _replaced(path: Path) -> None:
    other = path.with_name("other.sqlite")
    open_database(f"sqlite:///{other}").dispose()
    other.replace(path)


def _without_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").unlink()


@pytest.mark.parametrize(
    ("change", "came"), [(_removed, "removed"), (_replaced, "another file"), (_without_log, "removed")]
)
def test_a_file_that_was_taken_away_takes_no_job(
    change: Callable[[Path], None], came: str, store: Store, home: Path
) -> None:
    """SQLite goes on in the removed file, where the job would be lost, or makes a new one without tables."""
    store.add_job(a_job("a"))
    path = home / "lab.sqlite"
    change(path)
    there = path.exists()
    for ask in (store.jobs, lambda: store.add_job(a_job("b")), store.beat):
        with pytest.raises(StorageFailed, match=f"as it was opened, got .*{came}.*; put the right one back"):
            ask()
    store.close()
    assert path.exists() == there


def test_a_file_that_is_put_back_is_used_again(store: Store, home: Path) -> None:
    path = home / "lab.sqlite"
    path.rename(home / "away")
    with pytest.raises(StorageFailed, match="it was removed or moved"):
        store.jobs()
    (home / "away").rename(path)
    store.add_job(a_job("a"))
    assert [job.id for job in store.jobs()] == ["a"]


def test_a_database_that_another_program_changed_is_told_as_one(home: Path) -> None:
    pools = open_database(url(home))
    with sqlite3.connect(home / "lab.sqlite") as other:
        other.execute("DROP TABLE trials")
    with pytest.raises(StorageFailed, match="replaced or changed by another program"), reading(pools) as connection:
        connection.execute(tables.trials.select())
    pools.dispose()


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("53100", "free some room"),
        ("55P03", "another program holds it"),
        ("25006", "takes no writes"),
        ("42501", "its user may"),
        ("42P01", "replaced or changed"),  # no such table
        ("42703", "replaced or changed"),  # no such column
        ("57P01", "its server answers"),
        ("08006", "its server answers"),
        (None, "its server answers"),  # no connection at all
        ("23505", None),  # a taken key
        ("42601", None),  # a wrong statement
    ],
)
def test_what_postgresql_refuses_is_told_by_its_kind(state: str | None, told: str | None) -> None:
    class Refused(Exception):
        sqlstate = state

    do = advice(OperationalError("SELECT 1", {}, Refused("no")))
    assert do is None if told is None else told in str(do)


# PostgreSQL, as far as it goes without a server


def test_the_tables_can_be_made_in_postgresql() -> None:
    made = {
        table.name: str(CreateTable(table).compile(dialect=postgresql.dialect()))
        for table in tables.METADATA.sorted_tables
    }
    assert "TIMESTAMP WITHOUT TIME ZONE" in made["jobs"]
    assert "scores JSON NOT NULL" in made["runs"]
    assert "ON DELETE CASCADE" in made["artifacts"]
    assert "id SERIAL NOT NULL" in made["measurements"]


def test_migrations_can_be_run_in_postgresql() -> None:
    from alembic.operations import Operations

    from distill_core.store.migrations.versions import (
        browsers_0003,
        first_0001,
        lab_instances_0006,
        many_runs_0010,
        missing_class_0002,
        plans_0012,
        processor_time_0011,
        rounds_0009,
        runs_0007,
        taught_by_0004,
        trials_0005,
        unmoved_0008,
    )

    said: list[str] = []
    options = {"as_sql": True, "output_buffer": Lines(said)}
    context = MigrationContext.configure(dialect_name="postgresql", opts=options)
    with Operations.context(context):
        first_0001.upgrade()
        missing_class_0002.upgrade()
        browsers_0003.upgrade()
        taught_by_0004.upgrade()
        trials_0005.upgrade()
        lab_instances_0006.upgrade()
        runs_0007.upgrade()
        unmoved_0008.upgrade()
        rounds_0009.upgrade()
        many_runs_0010.upgrade()
        processor_time_0011.upgrade()
        plans_0012.upgrade()
    assert [f"CREATE TABLE {table}" in "".join(said) for table in tables.METADATA.tables] == [True] * 9
    assert "id SERIAL NOT NULL" in "".join(said)
    assert "ALTER TABLE runs ADD COLUMN missing_class VARCHAR(64);" in "".join(said)
    assert "ALTER TABLE runs DROP COLUMN specification;" in "".join(said)
    assert "ALTER TABLE job_runs ADD COLUMN taught_by TEXT;" in "".join(said)
    assert "ALTER TABLE measurements ADD COLUMN agrees BOOLEAN DEFAULT true NOT NULL;" in "".join(said)
    assert "ALTER TABLE jobs RENAME COLUMN process TO owner;" in "".join(said)
    assert "ALTER TABLE trials ADD COLUMN unmoved INTEGER DEFAULT '0' NOT NULL;" in "".join(said)
    assert "ALTER TABLE jobs ADD COLUMN plan TEXT;" in "".join(said)
    assert "CREATE UNIQUE INDEX ix_measurements_uid ON measurements (uid);" in "".join(said)
    assert "CREATE INDEX ix_runs_task_state_filed ON runs (task, state, filed);" in "".join(said)


def test_the_first_start_is_sent_without_a_zone() -> None:
    """A bare time would be compiled as one with a zone, and be turned by that of the session."""
    compiled = move("a", JobState.RUNNING, None, "0" * 32).compile(dialect=postgresql.dialect())
    (name,) = [name for name, value in compiled.params.items() if isinstance(value, datetime)]
    assert "started_at=coalesce(jobs.started_at, " in str(compiled)
    assert isinstance(compiled.binds[name].type, tables.UtcDateTime)


def test_postgresql_has_one_writer_at_a_time() -> None:
    class Connection:
        def __init__(self, **options: Any) -> None:
            self.options, self.said = options, list[str]()

        def get_execution_options(self) -> dict[str, Any]:
            return self.options

        def exec_driver_sql(self, statement: str) -> None:
            self.said.append(statement)

    reader, writer = Connection(), Connection(patience_ms=5_000)
    for connection in (reader, writer):
        _begin_postgresql(connection)  # type: ignore[arg-type]
    wanted = ["SET LOCAL lock_timeout = 5000", "SELECT pg_advisory_xact_lock(1684632436)"]
    assert (reader.said, writer.said) == ([], wanted)


class Lines:
    """Takes what alembic writes."""

    def __init__(self, said: list[str]) -> None:
        self._said = said

    def write(self, text: str) -> None:
        self._said.append(text)

    def flush(self) -> None:
        """Nothing waits."""
