"""A draft belongs to a tab of a person's browser, so that two tabs keep one each."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    with op.batch_alter_table("drafts") as table:
        table.add_column(sa.Column("tab", sa.Text(), nullable=False, server_default=""))
        table.drop_constraint("pk_drafts", type_="primary")
        table.create_primary_key("pk_drafts", ["org_id", "user_id", "tab"])


def downgrade() -> None:
    op.execute("DELETE FROM drafts WHERE tab <> ''")
    with op.batch_alter_table("drafts") as table:
        table.drop_constraint("pk_drafts", type_="primary")
        table.drop_column("tab")
        table.create_primary_key("pk_drafts", ["org_id", "user_id"])
