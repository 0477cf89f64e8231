"""The student that teaches a run in a job."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("job_runs", sa.Column("taught_by", sa.Text()))


def downgrade() -> None:
    op.drop_column("job_runs", "taught_by")
