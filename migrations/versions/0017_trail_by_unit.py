"""The trail is asked by person or unit and by action at once, at any depth; and no longer at the cost of reading on.

Locks: SHARE on audit_event while an index is built, so nothing is written: some 2 s a million events each. Every
later event costs one more index entry.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_event_unit", "audit_event", ["unit_id", "action", "id"])
    op.drop_index("ix_audit_event_actor", "audit_event")
    op.create_index("ix_audit_event_actor", "audit_event", ["actor_id", "action", "id"])


def downgrade() -> None:
    op.drop_index("ix_audit_event_actor", "audit_event")
    op.create_index("ix_audit_event_actor", "audit_event", ["actor_id", "id"])
    op.drop_index("ix_audit_event_unit", "audit_event")
