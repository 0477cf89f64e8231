"""Indexes for homes with thousands of runs: those of a task, newest first, and the jobs that show a run."""

from alembic import op

revision = "0010"
down_revision = "0009"

INDEXES = {
    "ix_runs_task_state_filed": ("runs", ["task", "state", "filed"]),
    "ix_job_runs_run_id": ("job_runs", ["run_id"]),
    "ix_jobs_state_filed": ("jobs", ["state", "filed"]),
}


def upgrade() -> None:
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table)
