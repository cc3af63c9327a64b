"""Announcements: what the department has to say to everybody for a while.

Locks: a new table; its foreign keys take SHARE ROW EXCLUSIVE on account for a moment.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

APP, AUDITOR = "toasoan_app", "toasoan_auditor"
READERS = ("everyone", "units", "department")


def upgrade() -> None:
    op.create_table(
        "announcement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "readers",
            sa.Enum(*READERS, name="readers", native_enum=False, create_constraint=True),
            nullable=False,
        ),
        sa.Column("shown_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("withdrawn_by", sa.BigInteger()),
        sa.CheckConstraint("title <> ''", name=op.f("ck_announcement_title")),
        sa.CheckConstraint("shown_from < shown_until", name=op.f("ck_announcement_dates")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_announcement_withdrawn")
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["account.id"], name=op.f("fk_announcement_written_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["account.id"], name=op.f("fk_announcement_withdrawn_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_index(
        "ix_announcement_shown",
        "announcement",
        ["shown_until"],
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON announcement TO {APP}")
    op.execute(f"GRANT SELECT ON announcement TO {AUDITOR}")


def downgrade() -> None:
    op.drop_table("announcement")
