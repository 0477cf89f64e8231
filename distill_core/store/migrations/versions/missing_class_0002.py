"""The class that the student of a run never saw."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("runs", sa.Column("missing_class", sa.String(64)))


def downgrade() -> None:
    op.drop_column("runs", "missing_class")
