"""The plan of a job; older jobs have none, and are planned when they run."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("plan", sa.Text()))


def downgrade() -> None:
    op.drop_column("jobs", "plan")
