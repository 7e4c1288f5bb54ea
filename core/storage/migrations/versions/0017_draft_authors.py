"""The name of the person who has unsaved changes, so that others see who else is editing."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("drafts", sa.Column("author", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("drafts", "author")
