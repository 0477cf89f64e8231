"""Jobs remember the state in which their lab ended, and how often another one went on with them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("left_as", sa.String(16)))
    op.add_column("jobs", sa.Column("continued", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("jobs", "continued")
    op.drop_column("jobs", "left_as")
