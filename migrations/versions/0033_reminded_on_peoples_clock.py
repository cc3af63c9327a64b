"""Reminders are dated on people's clock, as the letters they sent: the unit's month says when it was reminded.

Locks: ACCESS EXCLUSIVE on reminder for a moment. Rows of a rehearsal before this keep the machine's time; everywhere
else the two clocks are one. Downwards the dates stay, as good as the old ones.
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE reminder ALTER created_at SET DEFAULT people_now()")


def downgrade() -> None:
    op.execute("ALTER TABLE reminder ALTER created_at SET DEFAULT now()")
