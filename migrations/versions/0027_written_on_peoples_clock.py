"""Revisions and answers about children are dated on people's clock: a rehearsal shows when they came on its own.

Locks: ACCESS EXCLUSIVE on both tables for a moment. Rows never change, so those of a rehearsal before this keep the
machine's time; everywhere else the two clocks are one. Downwards the dates stay, as good as the old ones.
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLES = ("revision", "consent_answer")


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ALTER created_at SET DEFAULT people_now()")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ALTER created_at SET DEFAULT now()")
