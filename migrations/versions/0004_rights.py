"""Who may do what in the database: the program adds to the audit trail and can never change it.

Locks: GRANT takes a moment of ACCESS SHARE per table.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_event", "revision", "revision_attachment", "consent_answer")
MAY_VANISH = ("rehearsal_clock", "unit", "seat", "committee", "category")
VIEWS = ("public_section", "public_piece", "public_retraction", "public_file")
APP, FORUM, SEALER, AUDITOR = "toasoan_app", "toasoan_forum", "toasoan_sealer", "toasoan_auditor"


def upgrade() -> None:
    op.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APP}, {FORUM}, {SEALER}, {AUDITOR}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {APP}")
    op.execute(f"REVOKE UPDATE ON {', '.join(APPEND_ONLY)} FROM {APP}")
    op.execute(f"REVOKE INSERT, UPDATE ON alembic_version, {', '.join(VIEWS)} FROM {APP}")
    op.execute(f"GRANT DELETE ON {', '.join(MAY_VANISH)} TO {APP}")
    op.execute(f"GRANT SELECT ON {', '.join(VIEWS)} TO {FORUM}")
    op.execute(f"GRANT SELECT ON rehearsal_clock TO {FORUM}, {SEALER}, {AUDITOR}")
    op.execute(f"GRANT SELECT ON audit_event, audit_head TO {SEALER}")
    op.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {AUDITOR}")
    op.execute(f"REVOKE SELECT ON account FROM {AUDITOR}")
    op.execute(f"GRANT SELECT (id, email, full_name, title, active) ON account TO {AUDITOR}")


def downgrade() -> None:
    for role in (APP, FORUM, SEALER, AUDITOR):
        op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        op.execute(f"REVOKE USAGE ON SCHEMA public FROM {role}")
    op.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
