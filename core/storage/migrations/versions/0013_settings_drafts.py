"""Settings that a person has entered and not saved yet."""

import sqlalchemy as sa
from alembic import op

from core.storage.row_level_security import protect

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "settings_drafts",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "user_id", name="pk_settings_drafts"),
    )
    protect(op.get_bind(), "settings_drafts")


def downgrade() -> None:
    op.drop_table("settings_drafts")
