"""Findings about a table that somebody chose to ignore."""

import sqlalchemy as sa
from alembic import op

from core.storage.row_level_security import protect

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "ignored_findings",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "key", name="pk_ignored_findings"),
    )
    protect(op.get_bind(), "ignored_findings")


def downgrade() -> None:
    op.drop_table("ignored_findings")
