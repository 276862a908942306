"""Run by Alembic for each command: the connection is handed over by `archive.migrate`, which owns the transaction."""

from __future__ import annotations

from alembic import context

from archive import derived
from archive.tables import Table

TABLES = (Table, derived)
"""Importing both modules makes every table known."""

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    include_name=lambda name, kind, parents: kind != "table" or name in Table.metadata.tables,
)
context.run_migrations()
