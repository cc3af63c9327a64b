"""A row of the outbox knows when somebody gave it to the workers again: its age counts from then.

Locks: ACCESS EXCLUSIVE on outbox for a moment; the column is empty and nothing is rewritten. A row that was given
again before this counts from its writing until it is done.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("retried_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("outbox", "retried_at")
