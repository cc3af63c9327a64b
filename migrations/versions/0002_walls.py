"""People's clock, and the walls in the database: append-only tables, no state without its event.

Locks: CREATE TRIGGER takes SHARE ROW EXCLUSIVE on four tables for a moment.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_event", "revision", "revision_attachment", "consent_answer")

PEOPLE_NOW = """
CREATE FUNCTION people_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT now() + coalesce((SELECT ahead FROM rehearsal_clock), interval '0')
$$
"""

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""

NEEDS_EVENT = """
CREATE FUNCTION submission_needs_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM audit_event
    WHERE stream = 'submission:' || NEW.id AND seq = NEW.version AND hash = NEW.head_hash
  ) THEN
    RAISE EXCEPTION 'submission % moved without its audit event', NEW.id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute(PEOPLE_NOW)
    op.execute(REFUSE_CHANGE)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute(NEEDS_EVENT)
    # Deferred: one statement moves the row and adds the event, a longer change() may do so in either order.
    op.execute(
        "CREATE CONSTRAINT TRIGGER submission_needs_event AFTER UPDATE OF state, version, head_hash"
        " ON submission DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION submission_needs_event()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER submission_needs_event ON submission")
    op.execute("DROP FUNCTION submission_needs_event()")
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DROP FUNCTION people_now()")
