"""Extensions and exemptions are dated on people's clock: the matrix of a past instant asks what was granted by then.

Locks: ACCESS EXCLUSIVE on both tables for a moment; rows of a rehearsal, whose clock stands elsewhere than the
database's, are brought back to people's now. Downwards the new dates stay, as good as the old ones.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = ("extension", "exemption")


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ALTER created_at SET DEFAULT people_now()")
        op.execute(f"UPDATE {table} SET created_at = people_now() WHERE created_at > people_now()")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ALTER created_at SET DEFAULT now()")
