"""A remark about a piece can lose its words when its writer is forgotten; it can never get others.

Locks: ACCESS EXCLUSIVE on comment for a moment.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

APP = "toasoan_app"


def upgrade() -> None:
    op.alter_column("comment", "text", existing_type=sa.Text(), nullable=True)
    op.execute(
        "CREATE TRIGGER comment_said_once BEFORE UPDATE ON comment FOR EACH ROW WHEN (NEW.text IS NOT NULL)"
        " EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"GRANT UPDATE (text) ON comment TO {APP}")
    # Whoever was forgotten before this step had kept what she said here.
    op.execute(
        "UPDATE comment c SET text = NULL FROM audit_event e, sealed_word w WHERE e.action = 'comment:add'"
        " AND e.payload::jsonb ->> 'comment' = c.id::text AND w.value IS NULL"
        " AND e.payload::jsonb ->> 'said' = 'sealed:' || encode(w.digest, 'hex')"
    )


def downgrade() -> None:
    op.execute(f"REVOKE UPDATE (text) ON comment FROM {APP}")
    op.execute("DROP TRIGGER comment_said_once ON comment")
    op.execute("UPDATE comment SET text = '–' WHERE text IS NULL")
    op.alter_column("comment", "text", existing_type=sa.Text(), nullable=False)
