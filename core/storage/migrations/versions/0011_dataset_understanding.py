"""With a dataset is kept what the columns of its file are taken for, and what its labels mean."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("datasets", sa.Column("understood", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("datasets", "understood")
