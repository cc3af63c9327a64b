"""A month may follow another workflow definition than its directive names.

Locks: ACCESS EXCLUSIVE on period for a moment; the column is empty and nothing is rewritten.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("period", sa.Column("workflow", sa.Text()))


def downgrade() -> None:
    op.drop_column("period", "workflow")
