"""Each revision keeps the org's settings too; NULL, in older ones, stands for the defaults."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("revisions", sa.Column("policy", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("revisions", "policy")
