"""Specifications are stored with jobs alone, no longer with each run; what gives the pace of a run becomes columns."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

runs = sa.table(
    "runs",
    sa.column("id", sa.String),
    sa.column("role", sa.String),
    sa.column("specification", sa.Text),
    sa.column("scores", sa.Text),
    sa.column("batch_size", sa.Integer),
    sa.column("macs", sa.BigInteger),
)


def upgrade() -> None:
    op.add_column("runs", sa.Column("batch_size", sa.Integer()))
    op.add_column("runs", sa.Column("macs", sa.BigInteger()))
    if not op.get_context().as_sql:
        _fill(op.get_bind())
    op.drop_column("runs", "specification")


def downgrade() -> None:
    op.add_column("runs", sa.Column("specification", sa.Text(), nullable=False, server_default="{}"))
    op.drop_column("runs", "macs")
    op.drop_column("runs", "batch_size")


def _fill(connection: sa.Connection) -> None:
    # Run by run: a job of 400 runs holds 27 MB of specifications.
    taught = runs.c.role != "teacher"
    for run_id in list(connection.scalars(sa.select(runs.c.id).where(taught))):
        told = sa.select(runs.c.specification, sa.cast(runs.c.scores, sa.Text).label("scores"))
        row = connection.execute(told.where(runs.c.id == run_id)).one()
        values = {"batch_size": _number(row.specification, "budget", "batch_size"), "macs": _number(row.scores, "macs")}
        connection.execute(sa.update(runs).where(runs.c.id == run_id).values(values))


def _number(text: str, *path: str) -> int | None:
    found: Any = json.loads(text)
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, int) else None
