"""A delegation lends one role, and may be ended on its first day.

Rows that are there lent what only an approver can lend. Locks: ACCESS EXCLUSIVE on delegation, which is small.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROLES = ("contributor", "committee", "editor", "approver", "publisher", "auditor", "admin", "system")


def upgrade() -> None:
    role = sa.Enum(*ROLES, name="role", native_enum=False, create_constraint=True)
    op.add_column("delegation", sa.Column("role", role, server_default="approver", nullable=False))
    op.alter_column("delegation", "role", server_default=None)
    op.create_check_constraint(
        op.f("ck_delegation_lendable"), "delegation", "role IN ('editor', 'approver', 'publisher')"
    )
    op.drop_constraint(op.f("ck_delegation_dates"), "delegation")
    op.create_check_constraint(op.f("ck_delegation_dates"), "delegation", "valid_from <= valid_to")
    op.create_index("ix_delegation_to", "delegation", ["to_account_id"])


def downgrade() -> None:
    op.drop_index("ix_delegation_to", "delegation")
    # What was ended on its first day never held: the older tables have no word for it.
    op.execute("DELETE FROM delegation WHERE valid_from = valid_to")
    op.drop_constraint(op.f("ck_delegation_dates"), "delegation")
    op.create_check_constraint(op.f("ck_delegation_dates"), "delegation", "valid_from < valid_to")
    op.drop_constraint(op.f("ck_delegation_lendable"), "delegation")
    op.drop_column("delegation", "role")
