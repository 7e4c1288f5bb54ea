"""How the chat of an org looks, and the talks of a day."""

import sqlalchemy as sa
from alembic import op

from core.storage.row_level_security import protect

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "chat_settings",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", name="pk_chat_settings"),
    )
    op.create_table(
        "chat_talks",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("talk", sa.Text(), nullable=False),
        sa.Column("whose", sa.Text(), nullable=False),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "talk", name="pk_chat_talks"),
    )
    op.create_index("ix_chat_talks_at", "chat_talks", ["at"])
    for table in ("chat_settings", "chat_talks"):
        protect(op.get_bind(), table)


def downgrade() -> None:
    op.drop_table("chat_talks")
    op.drop_table("chat_settings")
