"""The disturbance of a measurement, and its round."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("measurements", sa.Column("disturbed", sa.Text()))
    op.add_column("measurements", sa.Column("round_id", sa.String(32)))


def downgrade() -> None:
    op.drop_column("measurements", "round_id")
    op.drop_column("measurements", "disturbed")
