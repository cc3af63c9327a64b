"""How Alembic reaches the database: through `workflow/schema.py` (a connection is handed over), or by
`alembic` on its own with DATABASE_OWNER_URL."""

import os

from alembic import context
from sqlalchemy import create_engine

from models.tables import Base

config = context.config


def migrate_on(connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


handed_over = config.attributes.get("connection")
if handed_over is not None:
    migrate_on(handed_over)
else:
    with create_engine(os.environ["DATABASE_OWNER_URL"]).connect() as connection:
        migrate_on(connection)
