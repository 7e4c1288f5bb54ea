"""Runs that pause, go on and are shared by processes; the dataset that a run was made from."""

import sqlalchemy as sa
from alembic import op

from core.storage.row_level_security import protect

revision = "0008"
down_revision = "0007"

_OF_RUNS = ("dataset_id", "dataset_version", "attempt", "enqueued", "chunk_rows", "going_since", "finished_before")


def upgrade() -> None:
    op.add_column("runs", sa.Column("dataset_id", sa.Text(), nullable=True))
    op.add_column("runs", sa.Column("dataset_version", sa.Integer(), nullable=True))
    op.add_column("runs", sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("runs", sa.Column("enqueued", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("runs", sa.Column("chunk_rows", sa.Integer(), nullable=False, server_default="100"))
    op.add_column("runs", sa.Column("going_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("runs", sa.Column("finished_before", sa.Integer(), nullable=False, server_default="0"))
    op.drop_column("runs", "worker")  # a run no longer belongs to one worker
    op.drop_column("runs", "heartbeat_at")
    op.create_table(
        "executors",
        sa.Column("executor_id", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("executor_id", name="pk_executors"),
    )
    op.create_table(
        "run_executors",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("executor_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "run_id", "executor_id", name="pk_run_executors"),
        sa.ForeignKeyConstraint(
            ["org_id", "run_id"], ["runs.org_id", "runs.run_id"], name="fk_run_executors_org_id_run_id"
        ),
    )
    protect(op.get_bind(), "run_executors")


def downgrade() -> None:
    op.drop_table("run_executors")
    op.drop_table("executors")
    op.add_column("runs", sa.Column("worker", sa.Text(), nullable=True))
    op.add_column("runs", sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True))
    for name in _OF_RUNS:
        op.drop_column("runs", name)
