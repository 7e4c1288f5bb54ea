"""Which revision visitors get, what an owner asks of a publication, and every publication."""

import sqlalchemy as sa
from alembic import op

from core.storage.row_level_security import protect

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("orgs", sa.Column("live_revision", sa.Integer(), nullable=True))
    op.add_column("orgs", sa.Column("publishing_rules", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "publications",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("replaced", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("broken", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "number", name="pk_publications"),
    )
    protect(op.get_bind(), "publications", only_added=True)


def downgrade() -> None:
    op.drop_table("publications")
    op.drop_column("orgs", "publishing_rules")
    op.drop_column("orgs", "live_revision")
