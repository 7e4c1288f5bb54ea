"""Test questions that are kept under a name, with their versions."""

import sqlalchemy as sa
from alembic import op

from core.storage.row_level_security import protect

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "datasets",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("dataset_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("next_row", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "dataset_id", name="pk_datasets"),
        sa.UniqueConstraint("org_id", "name_key", name="uq_datasets_org_id_name_key"),
    )
    op.create_table(
        "dataset_versions",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("dataset_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "dataset_id", "number", name="pk_dataset_versions"),
        sa.ForeignKeyConstraint(
            ["org_id", "dataset_id"],
            ["datasets.org_id", "datasets.dataset_id"],
            name="fk_dataset_versions_org_id_dataset_id_datasets",
        ),
    )
    op.create_table(
        "dataset_rows",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("dataset_id", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("since_version", sa.Integer(), nullable=False),
        sa.Column("until_version", sa.Integer(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("meant", sa.JSON(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        sa.Column("held_out", sa.Boolean(), nullable=False),
        sa.Column("labelled_by_id", sa.Text(), nullable=True),
        sa.Column("labelled_by", sa.Text(), nullable=True),
        sa.Column("labelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "dataset_id", "row", "since_version", name="pk_dataset_rows"),
        sa.ForeignKeyConstraint(
            ["org_id", "dataset_id"],
            ["datasets.org_id", "datasets.dataset_id"],
            name="fk_dataset_rows_org_id_dataset_id_datasets",
        ),
    )
    for table in ("datasets", "dataset_versions", "dataset_rows"):
        protect(op.get_bind(), table)


def downgrade() -> None:
    for table in ("dataset_rows", "dataset_versions", "datasets"):
        op.drop_table(table)
