"""A month's deadline has no reason of its own: a later one is an extension, which has.

Contract: nobody wrote the column, and the program before this one no longer reads it. Locks: ACCESS EXCLUSIVE on
period for a moment. Downwards it comes back empty, as it was.
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("period", "deadline_reason")


def downgrade() -> None:
    op.add_column("period", sa.Column("deadline_reason", sa.Text(), server_default="", nullable=False))
