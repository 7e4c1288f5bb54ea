"""How often an org refused people who do not belong to it, by day."""

import sqlalchemy as sa
from alembic import op

from core.storage.row_level_security import protect

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "refused_outsiders",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "day", name="pk_refused_outsiders"),
    )
    protect(op.get_bind(), "refused_outsiders")


def downgrade() -> None:
    op.drop_table("refused_outsiders")
