"""Whether the model was asked about a row, where it decides only doubtful questions."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("run_rows", sa.Column("doubtful", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("run_rows", "doubtful")
