"""How many test questions a publication would break, kept so that any process of the installation knows it."""

import sqlalchemy as sa
from alembic import op

from core.storage.row_level_security import protect

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "publication_checks",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("replaced", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("broken", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "revision", "replaced", name="pk_publication_checks"),
    )
    protect(op.get_bind(), "publication_checks")


def downgrade() -> None:
    op.drop_table("publication_checks")
