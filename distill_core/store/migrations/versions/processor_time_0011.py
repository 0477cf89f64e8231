"""The processor time of a training, which other programs do not change."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("runs", sa.Column("processor_seconds", sa.Float()))


def downgrade() -> None:
    op.drop_column("runs", "processor_seconds")
