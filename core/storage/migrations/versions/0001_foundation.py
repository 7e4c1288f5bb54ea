"""Entries with their revisions, drafts, and the ledger of evaluation runs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "user_id", name="pk_drafts"),
    )
    op.create_table(
        "installation",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_installation"),
    )
    op.create_table(
        "orgs",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("next_entry_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", name="pk_orgs"),
    )
    op.create_table(
        "runs",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("engine_version", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("heartbeat_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "run_id", name="pk_runs"),
    )
    op.create_index("ix_runs_org_id_created_at", "runs", ["org_id", "created_at"], unique=False)
    op.create_index("ix_runs_status", "runs", ["status"], unique=False)
    op.create_table(
        "entry_versions",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("since_revision", sa.Integer(), nullable=False),
        sa.Column("until_revision", sa.Integer(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("alternates", sa.JSON(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.org_id"], name="fk_entry_versions_org_id"),
        sa.PrimaryKeyConstraint("org_id", "entry_id", "since_revision", name="pk_entry_versions"),
    )
    op.create_index(
        "ix_entry_versions_org_id_until_revision", "entry_versions", ["org_id", "until_revision"], unique=False
    )
    op.create_table(
        "revisions",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("edited", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.org_id"], name="fk_revisions_org_id"),
        sa.PrimaryKeyConstraint("org_id", "number", name="pk_revisions"),
    )
    op.create_table(
        "run_rows",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("label_ids", sa.JSON(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("given_id", sa.Integer(), nullable=True),
        sa.Column("best_id", sa.Integer(), nullable=True),
        sa.Column("phrasing", sa.Text(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["org_id", "run_id"], ["runs.org_id", "runs.run_id"], name="fk_run_rows_org_id_run_id"),
        sa.PrimaryKeyConstraint("org_id", "run_id", "row", name="pk_run_rows"),
    )


def downgrade() -> None:
    op.drop_table("run_rows")
    op.drop_table("revisions")
    op.drop_index("ix_entry_versions_org_id_until_revision", table_name="entry_versions")
    op.drop_table("entry_versions")
    op.drop_index("ix_runs_status", table_name="runs")
    op.drop_index("ix_runs_org_id_created_at", table_name="runs")
    op.drop_table("runs")
    op.drop_table("orgs")
    op.drop_table("installation")
    op.drop_table("drafts")
