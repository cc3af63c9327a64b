"""A remark about a piece can lose its words when its writer is forgotten; it can never get others.

Empty and not NULL: a page of the program before this one can still show it.

Locks: ACCESS EXCLUSIVE on comment while the remarks of the forgotten are looked for in the trail.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

APP = "toasoan_app"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_comment_text"), "comment")
    op.execute(
        "CREATE TRIGGER comment_said_once BEFORE UPDATE ON comment FOR EACH ROW WHEN (NEW.text <> '')"
        " EXECUTE FUNCTION refuse_change()"
    )
    op.execute(f"GRANT UPDATE (text) ON comment TO {APP}")
    # Whoever was forgotten before this step had kept what she said here.
    op.execute(
        "UPDATE comment c SET text = '' FROM audit_event e, sealed_word w WHERE e.action = 'comment:add'"
        " AND e.payload::jsonb ->> 'comment' = c.id::text AND w.value IS NULL"
        " AND e.payload::jsonb ->> 'said' = 'sealed:' || encode(w.digest, 'hex')"
    )


def downgrade() -> None:
    op.execute(f"REVOKE UPDATE (text) ON comment FROM {APP}")
    op.execute("DROP TRIGGER comment_said_once ON comment")
    op.execute("UPDATE comment SET text = '–' WHERE text = ''")
    op.create_check_constraint(op.f("ck_comment_text"), "comment", "text <> ''")
