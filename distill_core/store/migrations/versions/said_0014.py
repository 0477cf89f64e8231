"""Beside texts of the engine their templates and values, so that pages can show them in another language; older
rows have none, and are shown as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
COLUMNS = (("jobs", "error_said"), ("runs", "message_said"), ("measurements", "disturbed_said"))


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, sa.Column(column, sa.JSON()))


def downgrade() -> None:
    for table, column in COLUMNS:
        op.drop_column(table, column)
