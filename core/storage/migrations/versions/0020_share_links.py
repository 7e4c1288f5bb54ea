"""Links with which people without an account may ask."""

import sqlalchemy as sa
from alembic import op

from core.storage.row_level_security import protect

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "share_links",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("link_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("org_name", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("hour_began", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_in_hour", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "link_id", name="pk_share_links"),
        sa.UniqueConstraint("token_hash", name="uq_share_links_token_hash"),
    )
    protect(op.get_bind(), "share_links")


def downgrade() -> None:
    op.drop_table("share_links")
