"""A delegation that was ended before its first day ends before it begins, so that it never held.

Until now its end was moved to its first day, as if it had held for hours, and its delegate was taken for her lender
from that day on. Fills what was ended so from its event. Locks: ACCESS EXCLUSIVE on delegation, which is small.
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

NEVER_BEGAN = """
UPDATE delegation d SET valid_to = ended.day
FROM (
  SELECT stream, (at::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day FROM audit_event
  WHERE action = 'delegation:end'
) ended
WHERE ended.stream = 'delegation:' || d.id AND d.valid_from = d.valid_to AND ended.day < d.valid_from
"""


def upgrade() -> None:
    op.drop_constraint(op.f("ck_delegation_dates"), "delegation")
    op.execute(NEVER_BEGAN)


def downgrade() -> None:
    op.execute("UPDATE delegation SET valid_to = valid_from WHERE valid_to < valid_from")
    op.create_check_constraint(op.f("ck_delegation_dates"), "delegation", "valid_from <= valid_to")
