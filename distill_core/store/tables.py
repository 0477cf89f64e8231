"""The tables, which the migrations create."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    true,
)

from distill_core.store.encoding import UNDECODABLE, beside

METADATA = MetaData()


class UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC, in databases that forget the zone too."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        read = super().result_processor(dialect, coltype)

        def process(value: Any) -> Any:
            try:
                return read(value) if read else value
            except (AttributeError, TypeError, ValueError):  # SQLite takes any text for a moment
                return UNDECODABLE

        return process


def _said(text: str) -> "Column[Any]":
    """Beside a text of the engine its template and values; NULL where it has none, as in rows from before."""
    return Column(beside(text), JSON(none_as_null=True))


jobs = Table(
    "jobs",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("fingerprint", String(64), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("specification", Text, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("error", Text),
    _said("error"),
    Column("owner", String(64), nullable=False),
    Column("expected_seconds", Float, nullable=False),
    Column("submitted_at", UtcDateTime, nullable=False, index=True),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    # The order of insertion: a wall clock may be set back.
    Column("filed", Integer, nullable=False, index=True, server_default="0"),
    # Read by the execution of the job alone; lists of jobs leave it out.
    Column("plan", Text),
    # What visitors call it (``naming``); the title says what it is.
    Column("name", String(80), nullable=False, server_default=""),
    Column("tags", String(400), nullable=False, server_default=""),
    Column("note", String(2_000), nullable=False, server_default=""),
    # The state in which its lab ended, None where it did not; how often another lab went on with it.
    Column("left_as", String(16)),
    Column("continued", Integer, nullable=False, server_default="0"),
    Index("ix_jobs_state_filed", "state", "filed"),
)

labs = Table(
    "labs",
    METADATA,
    Column("id", String(32), primary_key=True),
    # A free lock proves only the end of a lab on the same host. Pid and times are for people who read the database:
    # they neither identify a lab nor show whether it is alive.
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("heartbeat_at", UtcDateTime, nullable=False),
    Column("beats", Integer, nullable=False),
)

runs = Table(
    "runs",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("fingerprint", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("student", Text, nullable=False),
    Column("task", String(64), nullable=False),
    Column("architecture", String(64), nullable=False),
    Column("width", Float, nullable=False),
    Column("stem_stride", Integer, nullable=False),
    Column("method", String(64), nullable=False),
    Column("temperature", Float),
    Column("alpha", Float),
    Column("parameters", JSON, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("labels", Integer),
    Column("transfer", String(16), nullable=False),
    Column("missing_class", String(64)),
    Column("state", String(16), nullable=False),
    Column("message", Text),
    _said("message"),
    Column("updates", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("scores", JSON, nullable=False),
    Column("environment", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("batch_size", Integer),
    Column("macs", BigInteger),
    # Of the stepping thread; NULL in runs from before it was recorded.
    Column("processor_seconds", Float),
    Column("filed", Integer, nullable=False, index=True, server_default="0"),
    Index("ix_runs_task_state_filed", "task", "state", "filed"),
)

job_runs = Table(
    "job_runs",
    METADATA,
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    Column("student", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("taught_by", Text),
)

curves = Table(
    "curves",
    METADATA,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("rows", JSON, nullable=False),
)

artifacts = Table(
    "artifacts",
    METADATA,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("file", String(128), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size_bytes", Integer, nullable=False),
)

measurements = Table(
    "measurements",
    METADATA,
    Column("id", Integer, primary_key=True),
    # Not a foreign key: runs share graphs, so a measurement outlives its run.
    Column("run_id", String(16), nullable=False),
    Column("graph", String(64), nullable=False, index=True),
    Column("device", Text, nullable=False),
    Column("provider", String(64), nullable=False),
    Column("batch_size", Integer, nullable=False),
    Column("threads", Integer, nullable=False),
    Column("first_ms", Float, nullable=False),
    Column("warmup_runs", Integer, nullable=False),
    Column("runs", Integer, nullable=False),
    Column("p50_ms", Float, nullable=False),
    Column("p90_ms", Float, nullable=False),
    Column("p95_ms", Float, nullable=False),
    Column("p99_ms", Float, nullable=False),
    Column("environment", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("place", String(16), nullable=False, index=True, server_default="server"),
    Column("uid", String(32), unique=True, index=True),
    # Not a foreign key either: a server's measurements have none.
    Column("device_id", String(32), index=True),
    Column("precision", String(16), nullable=False, server_default="float32"),
    Column("load_ms", Float),
    Column("session_ms", Float),
    Column("mean_ms", Float),
    Column("runs_per_sample", Integer, nullable=False, server_default="1"),
    Column("size_bytes", Integer),
    Column("largest_difference", Float),
    Column("agrees", Boolean, nullable=False, server_default=true()),
    Column("whole_graph", Boolean, nullable=False, server_default=true()),
    Column("histogram", JSON(none_as_null=True)),
    # NULL where the machine's load was not recorded.
    Column("disturbed", Text),
    _said("disturbed"),
    Column("round_id", String(32)),
)

trials = Table(
    "trials",
    METADATA,
    Column("run_id", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("disturbance", String(64), primary_key=True),
    Column("strength", Float, primary_key=True),
    Column("images", Integer, primary_key=True),
    Column("version", String(16), nullable=False),
    Column("accuracy", Float, nullable=False),
    Column("ece", Float, nullable=False),
    Column("nll_nats", Float, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("unmoved", Integer, nullable=False, server_default="0"),
)

devices = Table(
    "devices",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("label", String(40), nullable=False),
    Column("described", Text, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    # The order in which devices were seen last.
    Column("seen", Integer, nullable=False, index=True, server_default="0"),
)
