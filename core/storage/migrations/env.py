"""Alembic's entry: runs on the connection that ``migrate`` hands over."""

from alembic import context

from core.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=False, compare_type=True)
context.run_migrations()
