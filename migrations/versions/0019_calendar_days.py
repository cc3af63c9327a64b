"""The calendar of working days takes exceptions: days worked on or not, each with its reason.

Locks: none on tables that are read; the new one is empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

APP, AUDITOR = "toasoan_app", "toasoan_auditor"


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("marked_by", sa.BigInteger(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_calendar_day_reason")),
        sa.ForeignKeyConstraint(
            ["marked_by"], ["account.id"], name=op.f("fk_calendar_day_marked_by_account")
        ),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_day TO {APP}")
    op.execute(f"GRANT SELECT ON calendar_day TO {AUDITOR}")


def downgrade() -> None:
    op.drop_table("calendar_day")
