"""What alembic runs around the revisions: always on a connection that core.migrate hands over."""

from alembic import context

from core.model import Model

connection = context.config.attributes["connection"]
if connection is None:
    raise RuntimeError("use `hotline migrate`: there is no alembic.ini")

context.configure(
    connection=connection, target_metadata=Model.metadata, render_as_batch=connection.dialect.name == "sqlite"
)
if connection.dialect.name == "postgresql":
    connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    # an index of a million rows takes longer than a page may
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
with context.begin_transaction():
    context.run_migrations()
