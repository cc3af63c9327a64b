"""A row of the outbox whose worker died under it is a suspect, and is carried out alone from then on.

Locks: ACCESS EXCLUSIVE on outbox for a moment; the column has a constant default and nothing is rewritten.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("is_suspect", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("outbox", "is_suspect")
