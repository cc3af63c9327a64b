"""A row of the outbox knows the click it came from, so that one id leads from the click to the letter in every log.

Locks: ACCESS EXCLUSIVE on outbox for a moment; the column is empty and nothing is rewritten.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("cause", sa.Text()))


def downgrade() -> None:
    op.drop_column("outbox", "cause")
