"""Jobs belong to open labs with heartbeats; the newest job is the one filed last."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

# Tables whose existing rows are numbered, the oldest first.
NUMBERED = {"jobs": ("filed", "submitted_at"), "runs": ("filed", "created_at"), "devices": ("seen", "seen_at")}


def upgrade() -> None:
    op.create_table(
        "labs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.Column("heartbeat_at", sa.DateTime(), nullable=False),
        sa.Column("beats", sa.Integer(), nullable=False),
    )
    # A process number names no lab, so open jobs of labs from before count as left behind.
    op.execute("ALTER TABLE jobs RENAME COLUMN process TO owner")
    for table, (column, moment) in NUMBERED.items():
        op.add_column(table, sa.Column(column, sa.Integer(), nullable=False, server_default="0"))
        op.execute(
            f"UPDATE {table} SET {column} = numbered.place FROM "
            f"(SELECT id, row_number() OVER (ORDER BY {moment}, id) AS place FROM {table}) AS numbered "
            f"WHERE {table}.id = numbered.id"
        )
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    for table, (column, _) in NUMBERED.items():
        op.drop_index(f"ix_{table}_{column}", table)
        op.drop_column(table, column)
    op.execute("ALTER TABLE jobs RENAME COLUMN owner TO process")
    op.drop_table("labs")
