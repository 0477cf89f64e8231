"""The number of images that an attack could not move."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("trials", sa.Column("unmoved", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("trials", "unmoved")
