"""Names, tags and notes that visitors give to experiments."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
LENGTHS = {"name": 80, "tags": 400, "note": 2_000}


def upgrade() -> None:
    for column, length in LENGTHS.items():
        op.add_column("jobs", sa.Column(column, sa.String(length), nullable=False, server_default=""))


def downgrade() -> None:
    for column in LENGTHS:
        op.drop_column("jobs", column)
