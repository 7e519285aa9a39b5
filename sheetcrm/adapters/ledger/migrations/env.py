"""Run by Alembic for each command; `sheetcrm.adapters.ledger.migrate` hands the connection in.

The transaction is the caller's, so that all migrations happen or none.
"""

from __future__ import annotations

from alembic import context

from sheetcrm.adapters.ledger.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by making it again
    transactional_ddl=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
