"""Measurements of browsers beside those of the server, and the devices that they were taken on."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def columns() -> list["sa.Column[Any]"]:
    # Older measurements are of this server, in float32, one run at a time, with files that agreed at export.
    return [
        sa.Column("place", sa.String(16), nullable=False, server_default="server"),
        sa.Column("uid", sa.String(32)),
        sa.Column("device_id", sa.String(32)),
        sa.Column("precision", sa.String(16), nullable=False, server_default="float32"),
        sa.Column("load_ms", sa.Float()),
        sa.Column("session_ms", sa.Float()),
        sa.Column("mean_ms", sa.Float()),
        sa.Column("runs_per_sample", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("size_bytes", sa.Integer()),
        sa.Column("largest_difference", sa.Float()),
        sa.Column("agrees", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("whole_graph", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("histogram", sa.JSON()),
    ]


def upgrade() -> None:
    for column in columns():
        op.add_column("measurements", column)
    op.create_index("ix_measurements_uid", "measurements", ["uid"], unique=True)
    op.create_index("ix_measurements_place", "measurements", ["place"])
    op.create_index("ix_measurements_device_id", "measurements", ["device_id"])
    op.create_table(
        "devices",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("described", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("devices")
    for name in ("device_id", "place", "uid"):
        op.drop_index(f"ix_measurements_{name}", "measurements")
    for column in reversed(columns()):
        op.drop_column("measurements", str(column.name))
